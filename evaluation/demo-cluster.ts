// The cluster's part of the demo: a client that can do nothing but CoAP asks the edge manager for a service, uses it, and keeps it through a failover.
import type { Lab, LabHost } from '../lab/lab.ts'
import { ShoalError } from '../src/model/errors.ts'
import { joinWorker, leaveWorker, startManager, stopManager } from './cluster.ts'
import { computationInput, paperSizes } from './computation.ts'
import { measureInClient, stopProgram } from './compute-targets.ts'
import { demoCapability, type SensorDemo, showSensor } from './demo-sensor.ts'
import { projectFile } from './host-program.ts'
import { mustRun } from './must-run.ts'
import type { ResponseTimeSample } from './response-time.ts'
import { declareDevices, startBoard } from './sensing/lab-board.ts'
import { writeSensingCompose } from './sensing/sensing-compose.ts'
import { timed } from './timed.ts'

export interface ClusterDemo {
  /** Milliseconds that each worker took to join, by its name. */
  readonly joinMs: Readonly<Record<string, number>>
  /** The POST of libcoap's client, from its start to its end, and what it printed. */
  readonly activation: { readonly command: string; readonly output: string; readonly ms: number }
  /** The same with the service deployed before, and removed in between: only the activation counts. */
  readonly againMs: readonly number[]
  readonly samples: readonly ResponseTimeSample[]
  readonly sensor: SensorDemo
  readonly failover: {
    /** The worker that was cut off. */
    readonly cut: string
    /** The one that answers now. */
    readonly now: string
    /** From the cut to the first answer through the manager. */
    readonly ms: number
  }
}

interface Options {
  readonly seed: number
  readonly repetitions: number
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

const workerNames = ['worker1', 'worker2'] as const
/** The worker that the simulated board hangs at. */
const boardName = 'worker2'
const rounds = 3
const failoverLimitMs = 60_000

export async function runClusterDemo(lab: Lab, options: Options): Promise<ClusterDemo> {
  const { signal, progress } = options
  const host = lab.host(boardName)
  progress(`${boardName}: a simulated board hangs at it, with sensors and actuators`)
  await declareDevices(host, signal)
  const board = await startBoard(host, signal)
  try {
    return await withManager(lab, options)
  } finally {
    await stopProgram(board)
  }
}

async function withManager(lab: Lab, options: Options): Promise<ClusterDemo> {
  const { signal, progress } = options
  const [access, client] = [lab.host('manager'), lab.host('client')]
  const workers = workerNames.map((name) => lab.host(name))
  progress('manager: starts the edge manager, on Docker Swarm')
  const manager = await startManager(access, signal)
  try {
    progress(`${workerNames.join(', ')}: join, each with one command`)
    const join = async (worker: LabHost) =>
      [worker.name, await joinWorker(worker, manager.token, signal)] as const
    const joinMs = Object.fromEntries(await Promise.all(workers.map(join)))
    progress(
      'client: puts compute and sensing into the catalogue; their images go to the manager’s registry, and from there to the workers',
    )
    const files = [
      projectFile('services/compute/compose.yaml'),
      await writeSensingCompose(client, demoCapability, signal),
    ]
    for (const file of files) await mustRun(client, ['shoal', 'catalogue', 'add', file], signal)
    await waitForImages(client, signal)
    return await useByName(lab, access, client, joinMs, options)
  } finally {
    await Promise.all(workers.map(leaveWorker))
    await stopManager(manager)
  }
}

async function useByName(
  lab: Lab,
  access: LabHost,
  client: LabHost,
  joinMs: Readonly<Record<string, number>>,
  { seed, repetitions, signal, progress }: Options,
): Promise<ClusterDemo> {
  const uri = `coap://${access.address}`
  progress('client: libcoap’s coap-client-notls activates compute with one POST')
  const post = ['coap-client-notls', '-B', '60', '-m', 'post', `${uri}/services/compute`]
  const first = await timed(() => mustRun(client, post, signal))
  const againMs: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await mustRun(
      client,
      ['coap-client-notls', '-B', '60', '-m', 'delete', `${uri}/services/compute`],
      signal,
    )
    againMs.push((await timed(() => mustRun(client, post, signal))).ms)
  }
  const { endpoint } = JSON.parse(await mustRun(client, post, signal)) as { endpoint: string }
  progress('client: the same requests to the instance, and through the manager')
  const plan = {
    targets: [
      { mode: 'cluster', endpoint },
      { mode: 'through the manager', endpoint: `${uri}/s/compute` },
    ],
    operations: ['average', 'mergesort'] as const,
    sizes: paperSizes,
    repetitions,
    warmUps: 20,
    seed,
    deadlineMs: 10_000,
  }
  const samples: ResponseTimeSample[] = []
  for await (const sample of measureInClient(client, plan, signal)) samples.push(sample)
  progress(`client: activates sensing, which needs ${demoCapability}, reads it and observes it`)
  const sensor = await showSensor(client, uri, signal)
  const failover = await showFailover(lab, client, uri, endpoint, { seed, signal, progress })
  return {
    joinMs,
    activation: { command: post.join(' '), output: first.output.trim(), ms: first.ms },
    againMs,
    samples,
    sensor,
    failover,
  }
}

/** Cuts the worker that runs it off, and asks on through the manager until another answers. */
async function showFailover(
  lab: Lab,
  client: LabHost,
  uri: string,
  endpoint: string,
  { seed, signal, progress }: Pick<Options, 'seed' | 'signal' | 'progress'>,
): Promise<ClusterDemo['failover']> {
  const before = new URL(endpoint.replace('coap:', 'http:')).hostname
  const cut = workerNames.map((name) => lab.host(name)).find(({ address }) => address === before)
  if (cut === undefined) throw new Error(`no worker has the address ${before}`)
  progress(`cuts ${cut.name} off: the instance of compute is there`)
  await cut.cutLink()
  const cutAt = performance.now()
  try {
    const input = JSON.stringify(computationInput(paperSizes[0], seed))
    const put = [
      'coap-client-notls',
      '-B',
      '60',
      '-m',
      'put',
      '-t',
      '50',
      '-b',
      '1024',
      '-f',
      '-',
      `${uri}/s/compute/average`,
    ]
    const output = await mustRun(client, put, signal, input)
    const ms = performance.now() - cutAt
    if (output.trim() === '') {
      throw new ShoalError('DEMO_FAILED', {
        action: 'ask',
        object: 'compute through the manager',
        reason: `no answer within ${failoverLimitMs / 1000} s of the cut`,
      })
    }
    const state = JSON.parse(
      await mustRun(client, ['coap-client-notls', `${uri}/services/compute`], signal),
    ) as { readonly instances: readonly { readonly node?: string; readonly state: string }[] }
    const now = state.instances.find((instance) => instance.state === 'answering')?.node ?? 'nobody'
    return { cut: cut.name, now, ms }
  } finally {
    progress(`puts the link of ${cut.name} back`)
    await cut.mendLink()
  }
}

/** Until every worker has the images that it may be asked to run. */
async function waitForImages(client: LabHost, signal: AbortSignal): Promise<void> {
  const endsAtMs = performance.now() + failoverLimitMs
  for (;;) {
    const { nodes } = JSON.parse(await mustRun(client, ['shoal', 'nodes', '--json'], signal)) as {
      readonly nodes: readonly { readonly missingImages: readonly string[] }[]
    }
    if (nodes.every(({ missingImages }) => missingImages.length === 0)) return
    if (performance.now() > endsAtMs) return
  }
}
