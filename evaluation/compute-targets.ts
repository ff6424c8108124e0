// The compute service twice on one host, natively and in a container started through pair mode: what the paper compares (Fig. 5).
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Lab, LabHost } from '../lab/lab.ts'
import { nodeProgram, type ProgramHost, projectFile, runHostProgram } from './host-program.ts'
import type { ResponseTimePlan, ResponseTimeSample } from './response-time.ts'

/** UDP port of the native server: not the one that its container twin listens on inside. */
const nativePort = 5700

/** A slow board loads Node and the service in this time. */
const nativeStartMs = 20_000

/** One pair-mode activation as `shoal pair run --json` tells it. */
export interface ActivatedInstance {
  readonly endpoint: string
  /** Milliseconds by phase: connect, send, create, start, ready. */
  readonly phasesMs: Readonly<Record<string, number>>
  /** From when it was known what to run to the first answer. */
  readonly activationMs: number
  /** From the start of the program to the first answer. */
  readonly totalMs: number
}

/** Starts the compute service without a container and waits until it says that it answers. Ended by `stopProgram`. */
export async function startNativeCompute(
  server: ProgramHost & { readonly address: string },
  signal: AbortSignal,
) {
  const file = 'services/compute/main.ts'
  const path = server.projectFile?.(file) ?? projectFile(file)
  const argv = [server.nodeProgram ?? nodeProgram, path, '--port', String(nativePort)]
  const program = server.spawn(argv, { signal, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    if (program.stdout === null) throw new Error('it has no output to read')
    const lines = createInterface({ input: program.stdout })
    await once(lines, 'line', { signal: AbortSignal.any([signal, AbortSignal.timeout(nativeStartMs)]) })
    return { endpoint: `coap://${server.address}:${nativePort}`, program }
  } catch (error) {
    await stopProgram(program)
    // An abort tells its reason as its cause: the deadline, or who stopped it.
    const cause = error instanceof Error && error.name === 'AbortError' ? (error.cause ?? error) : error
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the native compute service on ${server.name} does not start: ${reason}`, {
      cause: error,
    })
  }
}

/** Ends a program of a host and waits for its end, at most so long. */
export async function stopProgram(program: ChildProcess, limitMs = 5000): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  const ended = once(program, 'close', { signal: AbortSignal.timeout(limitMs) })
  program.kill('SIGTERM')
  await ended
}

/** `shoal pair run root@SERVER compute` in the client host; `service` may be a Compose file in place of `compute`. */
export async function activateCompute(
  client: LabHost,
  serverName: string,
  signal: AbortSignal,
  service = 'compute',
): Promise<ActivatedInstance> {
  const { exitCode, stdout, stderr } = await client.exec(
    ['shoal', 'pair', 'run', `root@${serverName}`, service, '--json'],
    { signal, timeoutMs: 180_000 },
  )
  if (exitCode !== 0) throw new Error(stderr.trim())
  const { instances } = JSON.parse(stdout) as { instances: ActivatedInstance[] }
  const [instance] = instances
  if (instance === undefined) throw new Error(`shoal pair run named no instance: ${stdout}`)
  return instance
}

/** `shoal pair rm root@SERVER compute` in the client host. */
export async function removeCompute(client: LabHost, serverName: string): Promise<void> {
  const { exitCode, stderr } = await client.exec(['shoal', 'pair', 'rm', `root@${serverName}`, 'compute'], {
    timeoutMs: 60_000,
  })
  if (exitCode !== 0) throw new Error(stderr.trim())
}

/** The plan's requests, sent from the client host. */
export function measureInClient(
  client: LabHost,
  plan: ResponseTimePlan,
  signal: AbortSignal,
): AsyncGenerator<ResponseTimeSample> {
  return runHostProgram<ResponseTimeSample>(client, 'evaluation/probe/response-time.ts', plan, signal)
}

/** Both services on worker1 for as long as `use` takes; both are ended after it, whatever happens. */
export async function withComputeTargets(
  lab: Lab,
  signal: AbortSignal,
  use: (targets: ResponseTimePlan['targets'], client: LabHost) => Promise<void>,
): Promise<void> {
  const [server, client] = [lab.host('worker1'), lab.host('client')]
  const native = await startNativeCompute(server, signal)
  try {
    const container = await activateCompute(client, server.name, signal)
    try {
      await use(
        [
          { mode: 'native', endpoint: native.endpoint },
          { mode: 'container', endpoint: container.endpoint },
        ],
        client,
      )
    } finally {
      await removeCompute(client, server.name)
    }
  } finally {
    await stopProgram(native.program)
  }
}
