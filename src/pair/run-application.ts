// Pair mode's main job: an application runs on the named devices as wanted, or nothing has changed there.
import type { Application } from '../model/application.ts'
import { ShoalError } from '../model/errors.ts'
import { allOrFirstError } from './all-or-first-error.ts'
import type { ImageSources } from './bring-image.ts'
import { cleanUp, type TouchedDevice } from './clean-up.ts'
import { type Connector, connectDevice } from './connect-device.ts'
import type { Device } from './device.ts'
import { type DeviceView, viewDevice } from './device-view.ts'
import { type ActiveInstance, type Execution, type ExecutionEvent, executePlan } from './execute-plan.ts'
import { finishAbandoned } from './finish-abandoned.ts'
import { emptyFootprint, footprintOf, isEmpty, needsSettling, settleRun } from './footprint.ts'
import { newRunId, wantInstances } from './instance.ts'
import type { Journal } from './journal.ts'
import { type ActivationPlan, planActivation, type StoredImageIds } from './plan-activation.ts'
import type { Target } from './target.ts'

export interface PairContext {
  readonly connector: Connector
  readonly journal: Journal
  readonly sources: ImageSources
  /** Milliseconds since the command began. */
  readonly now: () => number
  readonly onEvent: (event: ExecutionEvent) => void
  /** One line for the user, beside the events. */
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** How long a device that vanished in the middle is tried again, to undo what was begun there. */
const patienceMs = 15_000

/** Stopping is done before; this only removes. */
const settleLimitMs = 60_000

/**
 * @param readApplication read while the connections are being made: neither waits for the other.
 * @returns every instance of the application, those that ran already as wanted among them. Throws ShoalError; then what this run
 *   has made is gone again, and what it had put aside is back, or the error says what may be left and where.
 */
export async function runApplication(
  readApplication: () => Promise<Application>,
  targets: readonly Target[],
  context: PairContext,
): Promise<ActiveInstance[]> {
  const devices: Device[] = []
  try {
    const { application, connectMs } = await prepare(readApplication, targets, context, devices)
    await finishAbandoned(devices, context)
    return await activate(application, devices, connectMs, context)
  } finally {
    for (const device of devices) device.close()
  }
}

/** @param devices receives each device as soon as it is connected: they are to be closed whatever happens. */
async function prepare(
  readApplication: () => Promise<Application>,
  targets: readonly Target[],
  { connector, now, onEvent, signal }: PairContext,
  devices: Device[],
): Promise<{ readonly application: Application; readonly connectMs: ReadonlyMap<string, number> }> {
  const connectMs = new Map<string, number>()
  let application: Application | undefined
  const read = async (): Promise<void> => {
    application = await readApplication()
  }
  const connect =
    (target: Target) =>
    async (stop: AbortSignal): Promise<void> => {
      const startedAt = now()
      onEvent({ kind: 'phase', phase: 'connect', device: target.label, object: target.label })
      devices.push(await connectDevice(target, connector, stop))
      connectMs.set(target.label, now() - startedAt)
    }
  await allOrFirstError([...targets.map(connect), read], signal, (act, stop) => act(stop))
  if (application === undefined) throw new Error('the application was not read')
  const order = targets.map(({ label }) => label)
  devices.sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label))
  return { application, connectMs }
}

async function activate(
  application: Application,
  devices: readonly Device[],
  connectMs: ReadonlyMap<string, number>,
  context: PairContext,
): Promise<ActiveInstance[]> {
  const { journal, sources, now, onEvent, signal } = context
  const run = newRunId()
  const entry = { run, application: application.name, duty: 'undo' } as const
  // What only this run can have made carries its id: for that, the note needs no more than where to look.
  const isNoted = journal.write({
    ...entry,
    devices: devices.map(({ target }) => ({ target, footprint: emptyFootprint })),
  })
  isNoted.catch(() => {})
  let touched: TouchedDevice[] = []
  try {
    const [views, stored] = await Promise.all([
      allOrFirstError(devices, signal, (device, stop) => viewDevice(device, application, stop)),
      storedImageIds(sources),
    ])
    await isNoted
    const wanted = wantInstances(application, run)
    const plan = planActivation({ application, wanted, devices: views, stored })
    touched = touchedDevices(plan, views, devices, application)
    if (touched.some(({ footprint }) => !isEmpty(footprint))) {
      await journal.write({ ...entry, devices: touched.map(noted) })
    }
    const connected = new Map(devices.map((device) => [device.label, device]))
    const execution: Execution = { run, devices: connected, connectMs, sources, onEvent, now, signal }
    const active = await executePlan(plan, execution)
    await settle(application, run, touched, context)
    return active
  } catch (error) {
    await isNoted.catch(() => {})
    throw await undo(error, application, run, touched, context)
  }
}

/** @returns the error to show: what failed, and what may be left if not all could be undone. */
async function undo(
  error: unknown,
  application: Application,
  run: string,
  touched: readonly TouchedDevice[],
  { connector, journal, say }: PairContext,
): Promise<unknown> {
  const left = await cleanUp(touched, { run, connector, say, patienceMs })
  if (left.length === 0) {
    await journal.remove(run)
    return error
  }
  await journal.write({
    run,
    application: application.name,
    duty: 'undo',
    devices: left.map(({ touched: each }) => noted(each)),
  })
  if (!(error instanceof ShoalError)) return error
  const places = left.map(({ touched: { device }, reason }) => `  ${device.label}: ${reason}`).join('\n')
  return new ShoalError(error.code, {
    action: error.action,
    object: error.object,
    ...(error.place === undefined ? {} : { place: error.place }),
    reason: `${error.reason}\nwhat was begun may be left on\n${places}`,
    nextStep: `${error.nextStep === undefined ? '' : `${error.nextStep}; `}any shoal pair command that reaches the device again removes what is left there`,
    cause: error,
  })
}

/** The instances run: a failure from here on is no failure of the activation. */
async function settle(
  application: Application,
  run: string,
  touched: readonly TouchedDevice[],
  { journal, say }: PairContext,
): Promise<void> {
  const replacing = touched.filter(({ footprint }) => needsSettling(footprint))
  if (replacing.length > 0) {
    await journal.write({ run, application: application.name, duty: 'settle', devices: replacing.map(noted) })
    const limit = AbortSignal.timeout(settleLimitMs)
    const outcomes = await Promise.allSettled(
      replacing.map(({ device, footprint }) => settleRun(device, run, footprint, limit)),
    )
    const failed = outcomes.findIndex(({ status }) => status === 'rejected')
    if (failed >= 0) {
      say(
        `${replacing[failed]?.device.label}: what was replaced could not be removed yet; the next command removes it`,
      )
      return
    }
  }
  await journal.remove(run)
}

function touchedDevices(
  plan: ActivationPlan,
  views: readonly DeviceView[],
  devices: readonly Device[],
  application: Application,
): TouchedDevice[] {
  return plan.devices.flatMap((devicePlan, position) => {
    const [view, device] = [views[position], devices[position]]
    return view === undefined || device === undefined
      ? []
      : [{ device, footprint: footprintOf(devicePlan, view, application) }]
  })
}

function noted({ device, footprint }: TouchedDevice) {
  return { target: device.target, footprint }
}

async function storedImageIds({ store }: ImageSources): Promise<StoredImageIds> {
  const ids = new Map<string, string[]>()
  for (const { reference, imageId } of await store.list()) {
    ids.set(reference, [...(ids.get(reference) ?? []), imageId])
  }
  return ids
}
