// The compute service on the first worker of a stage, in the stage's mode, as its users run it.
import type { EvaluationHost } from '../hosts/evaluation-host.ts'
import type { Stage } from '../hosts/stage.ts'
import { mustRun } from '../must-run.ts'
import { managerUri } from './cluster-mode.ts'
import { pairRemove, pairRunOne } from './pair-mode.ts'

/** Of a service of Shoal's own and of its application. */
export const compute = 'compute'

export function firstWorker({ workers }: Pick<Stage, 'workers'>): EvaluationHost {
  const [worker] = workers
  if (worker === undefined) throw new Error('the stage has no worker')
  return worker
}

/** What was done on a stage once needs no second time, whichever scenario asks. */
const built = new WeakSet<Stage>()
const brought = new WeakSet<Stage>()

/** The client has the image then; the worker gets it with the first activation. */
export async function buildCompute(stage: Stage, signal: AbortSignal): Promise<void> {
  if (built.has(stage)) return
  await mustRun(stage.client, ['shoal', 'image', 'build', compute, '--no-load'], signal)
  built.add(stage)
}

/** The worker has the image then, and nothing runs there. */
export async function bringCompute(stage: Stage, signal: AbortSignal): Promise<void> {
  if (brought.has(stage)) return
  await buildCompute(stage, signal)
  await runCompute(stage, signal)
  await removeCompute(stage, signal)
  brought.add(stage)
}

/**
 * `shoal pair run`, or `shoal deploy`; twice is the same as once.
 * @returns the endpoint at which the client reaches the one instance
 */
export async function runCompute(stage: Stage, signal: AbortSignal): Promise<string> {
  const { client, managerAddress } = stage
  if (stage.need.mode === 'pair')
    return (await pairRunOne({ client, worker: firstWorker(stage) }, compute, signal)).endpoint
  const output = await mustRun(
    client,
    ['shoal', 'deploy', compute, '--manager', managerAddress, '--json'],
    signal,
  )
  const { services } = JSON.parse(output) as {
    readonly services: readonly { readonly instances: readonly { readonly endpoint: string }[] }[]
  }
  const endpoint = services[0]?.instances[0]?.endpoint
  if (endpoint === undefined) throw new Error(`no instance of ${compute} in ${output.trim()}`)
  return reachable(stage, endpoint)
}

/** Over a cable between manager and worker the client has no way to the instance but through the manager. */
export function reachable(stage: Stage, endpoint: string): string {
  return stage.need.link === 'direct' && stage.need.mode === 'cluster'
    ? `${managerUri(stage)}/s/${compute}`
    : endpoint
}

/** Resolves when it is gone. */
export async function removeCompute(stage: Stage, signal: AbortSignal): Promise<void> {
  const { client, managerAddress } = stage
  if (stage.need.mode === 'pair') await pairRemove({ client, worker: firstWorker(stage) }, compute, signal)
  else await mustRun(client, ['shoal', 'rm', compute, '--manager', managerAddress], signal)
}
