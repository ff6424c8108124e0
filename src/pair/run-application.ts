// Pair mode's main job: an application runs on the named devices as wanted, or nothing has changed there.
import type { Application } from '../model/application.ts'
import { allOrFirstError } from './all-or-first-error.ts'
import { carryOut } from './carry-out.ts'
import { ClaimLost } from './claims/secure-claims.ts'
import { connectDevice } from './connect-device.ts'
import type { Device } from './device.ts'
import type { ActiveInstance } from './execute-plan.ts'
import { finishAbandoned } from './finish-abandoned.ts'
import { newRunId, wantInstances } from './instance.ts'
import type { PairContext } from './pair-context.ts'
import { planActivation } from './plan-activation.ts'
import type { Target } from './target.ts'

/** Each time it was another run that had taken a device: somebody gets ahead. */
const mostAttempts = 4

export interface RunResult {
  readonly application: Application
  /** When it was known what to run, on the context's clock. */
  readonly requestedAtMs: number
  /** Every instance of the application, those that ran already as wanted among them. */
  readonly instances: readonly ActiveInstance[]
}

/**
 * @param readApplication read while the connections are being made: neither waits for the other.
 * @throws ShoalError; then what this run has made is gone again, and what it had put aside is back, or the error says what may be
 *   left and where.
 */
export async function runApplication(
  readApplication: () => Promise<Application>,
  targets: readonly Target[],
  context: PairContext,
): Promise<RunResult> {
  const devices: Device[] = []
  try {
    const { application, requestedAtMs, connectMs } = await prepare(
      readApplication,
      targets,
      context,
      devices,
    )
    await finishAbandoned(devices, context)
    const instances = await carryOutAgain(application, devices, connectMs, context)
    return { application, requestedAtMs, instances: inOrder(instances, application) }
  } finally {
    for (const device of devices) device.close()
  }
}

/** A new plan when another run has taken a device at the same moment: it sees who holds it now. */
async function carryOutAgain(
  application: Application,
  devices: readonly Device[],
  connectMs: ReadonlyMap<string, number>,
  context: PairContext,
): Promise<readonly ActiveInstance[]> {
  for (let attempt = 1; ; attempt++) {
    const run = newRunId()
    try {
      return await carryOut(
        {
          run,
          application,
          devices,
          connectMs,
          plan: (views, stored) =>
            planActivation({ application, wanted: wantInstances(application, run), devices: views, stored }),
        },
        context,
      )
    } catch (error) {
      if (!(error instanceof ClaimLost) || attempt === mostAttempts || context.signal.aborted) throw error
      context.say(`${error.place}: ${error.reason}; plans again`)
    }
  }
}

/** As the application declares them, wherever they run. */
function inOrder(instances: readonly ActiveInstance[], { services }: Application): ActiveInstance[] {
  const position = ({ instance }: ActiveInstance): number =>
    services.findIndex(({ name }) => name === instance.service.name)
  return instances.toSorted((a, b) => position(a) - position(b) || a.instance.index - b.instance.index)
}

interface Prepared {
  readonly application: Application
  readonly requestedAtMs: number
  readonly connectMs: ReadonlyMap<string, number>
}

/** @param devices receives each device as soon as it is connected: they are to be closed whatever happens. */
async function prepare(
  readApplication: () => Promise<Application>,
  targets: readonly Target[],
  { connector, now, onEvent, signal }: PairContext,
  devices: Device[],
): Promise<Prepared> {
  const connectMs = new Map<string, number>()
  let read: Omit<Prepared, 'connectMs'> | undefined
  const readIt = async (): Promise<void> => {
    read = { application: await readApplication(), requestedAtMs: now() }
  }
  const connect =
    (target: Target) =>
    async (stop: AbortSignal): Promise<void> => {
      const startedAt = now()
      onEvent({ kind: 'phase', phase: 'connect', device: target.label, object: target.label })
      devices.push(await connectDevice(target, connector, stop))
      connectMs.set(target.label, now() - startedAt)
      onEvent({ kind: 'done', device: target.label, object: target.label })
    }
  await allOrFirstError([...targets.map(connect), readIt], signal, (act, stop) => act(stop))
  if (read === undefined) throw new Error('the application was not read')
  const order = targets.map(({ label }) => label)
  devices.sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label))
  return { ...read, connectMs }
}
