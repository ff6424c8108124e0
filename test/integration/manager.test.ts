// The manager as a process of its own, in the network of one real Engine: it starts, is killed, starts again, stops, and leaves nothing.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../until.ts'
import { startThrowawayEngine, type ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)
const shoal = fileURLToPath(new URL('../../bin/shoal', import.meta.url))

let folder: string
let engine: ThrowawayEngine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-manager-'))
  engine = await startThrowawayEngine({ network: 'bridge' })
})

afterAll(async () => {
  await engine?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** In the engine's network, files and processes: with the engine all that was started here ends. */
function within(...argv: string[]): string[] {
  return ['--target', String(engine.pid), '--mount', '--net', '--pid', '--', ...argv]
}

const env = () => ({ ...process.env, DOCKER_HOST: `unix://${engine.socketPath}` })

async function exec(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run('nsenter', within(...argv), { env: env() })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

const startArguments = () => [
  'manager',
  'start',
  '--data',
  join(folder, 'keys'),
  '--advertise',
  engine.address,
]

interface Running {
  readonly child: ChildProcess
  readonly firstLine: string
  /** What it said on stderr. */
  readonly log: () => string
}

async function startManager(...more: string[]): Promise<Running> {
  const child = spawn('nsenter', within(shoal, ...startArguments(), ...more), {
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const lines = createInterface({ input: child.stdout })
  const [firstLine] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}:\n${log}`))),
  ])
  return { child, firstLine, log: () => log }
}

/** By its file: nsenter stands between. @returns how it ended */
async function signalled({ child }: Running, signal: 'KILL' | 'TERM'): Promise<unknown[]> {
  const [pid = ''] = (await readFile(join(folder, 'keys', 'manager.pid'), 'utf8')).split(' ')
  const ended = once(child, 'exit')
  await exec('kill', `-${signal}`, pid)
  return ended
}

async function listening(): Promise<string[]> {
  const { out } = await exec('ss', '-H', '-lntu')
  const ports = out.split('\n').map((line) => /(udp|tcp).*?:(\d+)\s/.exec(line)?.slice(1).join('/') ?? '')
  return [...new Set(ports)].filter((port) => /\/(5000|5353|5683|8480|8481)$/.test(port)).sort()
}

const all = ['tcp/5000', 'tcp/8480', 'tcp/8481', 'udp/5353', 'udp/5683']

it('makes a Swarm, goes on after a kill -9, refuses a second one, and leaves nothing but the Swarm', async () => {
  const absent = await exec(shoal, 'manager', 'status', '--data', join(folder, 'keys'), '--json')
  expect(absent.code).toBe(1)
  expect(JSON.parse(absent.out)).toMatchObject({
    manager: null,
    process: null,
    keys: { state: 'none', cluster: null },
    engine: { swarm: 'inactive' },
  })

  const first = await startManager()
  expect(first.firstLine).toMatch(/^shoal worker join --token shoal1\.\S+$/)
  expect(await listening()).toEqual(all)
  expect(await engine.docker('node', 'ls', '--format', '{{.Availability}} {{.ManagerStatus}}')).toBe(
    'Drain Leader',
  )
  const settings = await engine.docker('info', '--format', '{{json .Swarm.Cluster.Spec}}')
  expect(JSON.parse(settings)).toMatchObject({ Dispatcher: { HeartbeatPeriod: 4_000_000_000 } })
  const status = await exec(shoal, 'manager', 'status')
  expect(status.out).toContain(`http://${engine.address}:8480`)

  const second = await exec(shoal, ...startArguments())
  expect(second.code).toBe(1)
  expect(second.err).toContain('error[MANAGER_RUNS]: start, the manager')
  expect(await listening()).toEqual(all)

  await signalled(first, 'KILL')
  const again = await startManager()
  const cluster = (line: string) => line.split('.')[1]
  expect(cluster(again.firstLine)).toBe(cluster(first.firstLine))
  expect(again.log()).toContain('took the Swarm that is there')
  expect(await listening()).toEqual(all)

  expect(await signalled(again, 'TERM')).toEqual([0, null])
  expect(await listening()).toEqual([])
  const { out } = await exec(
    'pgrep',
    '--ns',
    String(engine.pid),
    '--nslist',
    'net',
    '--full',
    'docker-registry',
  )
  expect(out).toBe('')
  expect(await engine.docker('info', '--format', '{{.Swarm.LocalNodeState}}')).toBe('active')
})

it('does not start on an address that its nodes do not know it by, and touches nothing then', async () => {
  const address = '198.19.0.1'
  await exec('ip', 'address', 'add', `${address}/32`, 'dev', 'cable')
  const moved = await exec(shoal, 'manager', 'start', '--data', join(folder, 'keys'), '--advertise', address)
  const known = /its nodes know this machine as (\S+),/.exec(moved.err)?.[1]
  expect([moved.code, known]).toEqual([1, engine.address])
  expect(await listening()).toEqual([])
})

it('runs in the background until it is told to stop, and prints no token when it is not to', async () => {
  const data = ['--data', join(folder, 'keys')]
  const begun = await exec(shoal, ...startArguments(), '--background', '--no-token')
  expect(begun).toMatchObject({ code: 0, out: '' })
  expect(await listening()).toEqual(all)
  expect((await exec(shoal, 'manager', 'stop', ...data)).code).toBe(0)
  let ports: string[] = all
  const asking = setInterval(async () => {
    ports = await listening()
  }, 100)
  await until('the ports to be free', () => ports.length === 0).finally(() => clearInterval(asking))
})
