// The main job from end to end in an emulated edge: real engines, sshds and CoAP on the wire; then everything is taken down.
import { Lab, type LabHost } from '../lab/lab.ts'
import { defaultTopology } from '../lab/topology.ts'
import { computationInput, operations, paperSizes } from './computation.ts'
import {
  type ActivatedInstance,
  activateCompute,
  measureInClient,
  removeCompute,
  startNativeCompute,
  stopProgram,
} from './compute-targets.ts'
import { type ClusterDemo, runClusterDemo } from './demo-cluster.ts'
import { mustRun } from './must-run.ts'
import type { ResponseTimeSample } from './response-time.ts'

export interface DemoOptions {
  readonly seed: number
  /** Requests of each kind; the paper takes 10 (§V.B). */
  readonly repetitions: number
  /** Where the lab keeps its files; left out: where labs do by default. */
  readonly dataFolder?: string | undefined
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly progress: (line: string) => void
}

export interface DemoResult {
  readonly seed: number
  readonly repetitions: number
  /** The first activation sends the image to the device; the second finds it there. */
  readonly activations: { readonly imageSent: ActivatedInstance; readonly imageCached: ActivatedInstance }
  readonly samples: readonly ResponseTimeSample[]
  /** One request as libcoap's own client makes it in the client host, and what that printed. */
  readonly libcoap: { readonly command: string; readonly output: string }
  readonly cluster: ClusterDemo
}

const labName = 'demo'

/** Runs the demo. The lab is down when it returns or throws. */
export async function runDemo({
  seed,
  repetitions,
  dataFolder,
  signal,
  progress,
}: DemoOptions): Promise<DemoResult> {
  progress('brings up an emulated edge: manager, worker1, worker2, client')
  const lab = await Lab.up(defaultTopology(), {
    name: labName,
    signal,
    ...(dataFolder === undefined ? {} : { dataFolder }),
  })
  try {
    const [client, server] = [lab.host('client'), lab.host('worker1')]
    progress('builds the images of the services compute and sensing')
    for (const service of ['compute', 'sensing'])
      await mustRun(client, ['shoal', 'image', 'build', service, '--no-load'], signal)

    progress('worker1: starts compute natively')
    const native = await startNativeCompute(server, signal)
    try {
      progress('client: starts compute on worker1 in a container, over SSH; the image is sent')
      const imageSent = await activateCompute(client, server.name, signal)
      await removeCompute(client, server.name)
      progress('client: once more, the image is there now')
      const imageCached = await activateCompute(client, server.name, signal)

      const targets = [
        { mode: 'native', endpoint: native.endpoint },
        { mode: 'container', endpoint: imageCached.endpoint },
      ]
      progress(`client: ${repetitions} requests of each kind to both, in shuffled order (seed ${seed})`)
      const plan = {
        targets,
        operations,
        sizes: paperSizes,
        repetitions,
        warmUps: 20,
        seed,
        deadlineMs: 10_000,
      }
      const samples: ResponseTimeSample[] = []
      for await (const sample of measureInClient(client, plan, signal)) samples.push(sample)

      progress('client: the same request by libcoap’s coap-client-notls')
      const libcoap = await askWithLibcoap(
        client,
        imageCached.endpoint,
        computationInput(paperSizes[0], seed),
        signal,
      )
      progress('client: removes the container')
      await removeCompute(client, server.name)
      const cluster = await runClusterDemo(lab, { seed, repetitions, signal, progress })
      return { seed, repetitions, activations: { imageSent, imageCached }, samples, libcoap, cluster }
    } finally {
      await stopProgram(native.program)
    }
  } finally {
    progress('takes the lab down')
    await lab.down()
  }
}

async function askWithLibcoap(
  client: LabHost,
  endpoint: string,
  input: readonly number[],
  signal: AbortSignal,
) {
  const argv = [
    'coap-client-notls',
    '-m',
    'put',
    '-t',
    '50',
    '-b',
    '1024',
    '-B',
    '10',
    '-f',
    '-',
    `${endpoint}/average`,
  ]
  const output = await mustRun(client, argv, signal, JSON.stringify(input))
  return { command: argv.join(' '), output: output.trim() }
}
