import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Code } from '../../src/coap/codes.ts'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { Router } from '../../src/coap/router.ts'
import { CoapServer } from '../../src/coap/server.ts'
import { Engine } from '../../src/engine/engine.ts'
import { KeyFolder } from '../../src/manager/keys/key-folder.ts'
import { Registry } from '../../src/manager/registry/registry.ts'
import { decodeReport, encodeOrders } from '../../src/model/cluster/agent-codec.ts'
import type { AgentInstanceState, AgentOrders, AgentReport } from '../../src/model/cluster/agent-messages.ts'
import { clusterLabel } from '../../src/model/cluster/labels.ts'
import { Agent } from '../../src/worker/agent.ts'
import { freePort } from '../free-port.ts'
import { until } from '../until.ts'
import { answererSource } from './coap-answerer.ts'
import { importShellImage } from './shell-image.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)
const { signal } = new AbortController()

/** Takes reports and gives orders as the manager does, and keeps them for the test. */
class Ears {
  readonly reports: AgentReport[] = []
  readonly states = new Map<string, AgentInstanceState>()
  #orders: AgentOrders = { tag: 1, paused: [], stopped: [], images: [] }
  #notify: () => void = () => {}
  #server: CoapServer | undefined

  async start(port = 0): Promise<number> {
    const router = new Router().addTree('/agents', {
      consumes: [ContentFormat.Cbor],
      post: ({ payload }) => {
        const report = decodeReport(payload)
        if (report === undefined) return { code: Code.BadRequest }
        this.reports.push(report)
        if (report.instances !== undefined) {
          this.states.clear()
          for (const { id, state } of report.instances) this.states.set(id, state)
        }
        return { code: Code.Changed }
      },
      get: () => ({
        code: Code.Content,
        contentFormat: ContentFormat.Cbor,
        payload: encodeOrders(this.#orders),
      }),
      changes: (_, listener) => {
        this.#notify = listener
        return () => {}
      },
    })
    this.#server = new CoapServer({ router })
    return (await this.#server.start({ port, address: '127.0.0.1' })).port
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  order(orders: Partial<Omit<AgentOrders, 'tag'>>): void {
    this.#orders = { ...this.#orders, ...orders, tag: this.#orders.tag + 1 }
    this.#notify()
  }

  get problems(): readonly string[] {
    return this.reports.findLast(({ problems }) => problems !== undefined)?.problems ?? []
  }

  get missing(): readonly string[] {
    return this.reports.findLast(({ missingImages }) => missingImages !== undefined)?.missingImages ?? []
  }
}

let folder: string
let docker: ThrowawayEngine
let engine: Engine
let registry: Registry
let ears: Ears
let port: number
let agent: Agent
const log: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-agent-test-'))
  docker = await startThrowawayEngine()
  engine = new Engine({ socketPath: docker.socketPath, place: 'the test' })
  await importShellImage(docker, 'shell:1')
  const keys = await KeyFolder.open(join(folder, 'keys'), { names: ['127.0.0.1'], nowMs: Date.now() })
  registry = new Registry({ keys, address: '127.0.0.1', port: await freePort() })
  await registry.start(signal)
  ears = new Ears()
  port = await ears.start()
  agent = new Agent({
    engine,
    manager: { host: '127.0.0.1', port },
    nodeId: 'node1',
    registryAuth: registry.auth,
    log: (line) => log.push(line),
    engineDataFolder: folder,
  })
  agent.start(signal)
})
afterAll(async () => {
  await agent?.stop()
  await ears?.stop()
  await registry?.stop()
  // The kernel does not end a paused process until it is let go on.
  for (const { id, name } of (await engine?.containers.list([])) ?? [])
    await engine.containers.remove(id, name)
  engine?.close()
  await docker?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A container as Swarm makes it, on the network of the machine. @returns its id, and where it answers */
async function runInstance(
  taskId: string,
  { answers = true, readyMs = 30_000 }: { readonly answers?: boolean; readonly readyMs?: number } = {},
): Promise<{ readonly containerId: string; readonly coapPort: number }> {
  const coapPort = await freePort()
  const binds = ['/usr', '/lib', '/lib64', dirname(process.execPath)].map((path) => `${path}:${path}:ro`)
  const { id } = await engine.containers.create(taskId, {
    Image: 'shell:1',
    Cmd: [process.execPath, '-e', answererSource, answers ? String(coapPort) : '0'],
    Labels: {
      [clusterLabel.mode]: 'cluster',
      [clusterLabel.taskId]: taskId,
      [clusterLabel.network]: 'host',
      [clusterLabel.coapPort]: String(coapPort),
      [clusterLabel.readyMs]: String(readyMs),
    },
    HostConfig: { NetworkMode: 'host', Binds: binds },
  })
  await engine.containers.start(id, taskId)
  return { containerId: id, coapPort }
}

const isToldAs = (taskId: string, state: AgentInstanceState | undefined): Promise<void> =>
  until(`${taskId} is told as ${state}`, () => ears.states.get(taskId) === state)

/** Says to the program in the container that it is to compute for so long. */
async function occupy(coapPort: number, seconds: number): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise((resolve) => socket.send(Buffer.from([0xff, seconds]), coapPort, '127.0.0.1', resolve))
  socket.close()
}

describe('an instance', () => {
  it('is told when it answers, when it is paused and unpaused by order, and when it has ended', async () => {
    const { containerId } = await runInstance('one')
    await isToldAs('one', 'answering')
    ears.order({ paused: ['one'] })
    await isToldAs('one', 'paused')
    expect((await engine.containers.inspect(containerId))?.state).toBe('paused')
    ears.order({ paused: [] })
    await isToldAs('one', 'answering')
    expect((await engine.containers.inspect(containerId))?.state).toBe('running')
    await engine.containers.kill(containerId, 'one')
    await isToldAs('one', undefined)
  })

  it('is killed by order, without grace', async () => {
    const { containerId } = await runInstance('unwanted')
    await isToldAs('unwanted', 'answering')
    ears.order({ stopped: ['unwanted'] })
    await isToldAs('unwanted', undefined)
    expect((await engine.containers.inspect(containerId))?.exitCode).toBe(137)
  })

  it('that is to stand by runs on until it has answered', async () => {
    ears.order({ paused: ['slow'] })
    const { containerId } = await runInstance('slow', { answers: false, readyMs: 2000 })
    await isToldAs('slow', 'starting')
    await until('it is not ready in time', () => ears.states.get('slow') !== 'starting')
    expect(ears.problems.join()).toContain('slow did not answer CoAP within 2 s: killed')
    await isToldAs('slow', undefined)
    expect((await engine.containers.inspect(containerId))?.exitCode).toBe(137)
  })

  it('that computes for long without answering is left alone', async () => {
    const { containerId, coapPort } = await runInstance('busy')
    await isToldAs('busy', 'answering')
    await occupy(coapPort, 9)
    const reportsBefore = ears.reports.length
    await until('nine seconds have passed', () => ears.reports.length > reportsBefore + 9, 15_000)
    expect((await engine.containers.inspect(containerId))?.state).toBe('running')
    expect(ears.states.get('busy')).toBe('answering')
    await engine.containers.kill(containerId, 'busy')
  })

  it('that hangs is killed', async () => {
    const { containerId } = await runInstance('hung')
    await isToldAs('hung', 'answering')
    const pid = (await engine.containers.inspect(containerId))?.pid ?? 0
    // As the Engine numbers it; from within the container its first process cannot be stopped.
    await run('nsenter', ['--target', String(docker.pid), '--pid', 'kill', '-STOP', String(pid)])
    await until('it is killed', () => !ears.states.has('hung'), 15_000)
    expect(ears.problems.join()).toContain('hung does not answer CoAP any more: killed')
    expect((await engine.containers.inspect(containerId))?.exitCode).toBe(137)
  })
})

describe('images that are wanted here', () => {
  it('are fetched with the credentials of the registry; what cannot be fetched is told', async () => {
    const image = `${registry.authority}/garden/shell:1`
    const [config, { username, password }] = [join(folder, 'docker-cli'), registry.auth]
    const login = ['login', '--username', username, '--password', password, registry.authority]
    await docker.docker('--config', config, ...login)
    await docker.docker('tag', 'shell:1', image)
    await docker.docker('--config', config, 'push', image)
    const [digest = ''] = (await engine.images.inspect(image))?.digests ?? []
    await docker.docker('rmi', image)

    const unknown = `${registry.authority}/garden/nosuch:1`
    ears.order({ images: [digest, unknown] })
    await until('it is there', () => ears.missing.join() === unknown)
    expect(await engine.images.inspect(digest)).toBeDefined()
    await until('the other one is told', () => ears.problems.some((text) => text.includes(unknown)))
    ears.order({ images: [] })
    await until('nothing is missing any more', () => ears.missing.length === 0)
  })
})

describe('a manager that does not answer', () => {
  it('is not needed: orders hold, instances go on, and it is told all that matters when it is back', async () => {
    await runInstance('lonely')
    await isToldAs('lonely', 'answering')
    ears.order({ paused: ['lonely'] })
    await isToldAs('lonely', 'paused')
    await ears.stop()
    await docker.docker('unpause', 'lonely')
    await until('the order holds', () =>
      log.includes('the manager does not answer: the instances go on as they are'),
    )
    await expect.poll(async () => (await engine.containers.inspect('lonely'))?.state).toBe('paused')
    await ears.start(port)
    const before = ears.reports.length
    await until('it reports again', () => ears.reports.length > before)
    expect(ears.states.get('lonely')).toBe('paused')
  })
})
