// Carries out one change on devices, all or nothing: looks, plans, notes what it is about to do, does it, and undoes it when it fails.
import type { Application } from '../model/application.ts'
import { ShoalError } from '../model/errors.ts'
import { allOrFirstError } from './all-or-first-error.ts'
import type { ImageSources } from './bring-image.ts'
import { cleanUp, type TouchedDevice } from './clean-up.ts'
import type { Device } from './device.ts'
import { type DeviceView, viewDevice } from './device-view.ts'
import { type ActiveInstance, type Execution, executePlan } from './execute-plan.ts'
import { emptyFootprint, footprintOf, isEmpty, needsSettling, settleRun } from './footprint.ts'
import { interruption, isInterruption } from './interruption.ts'
import type { PairContext } from './pair-context.ts'
import type { ActivationPlan, StoredImageIds } from './plan-activation.ts'

export interface Job {
  /** Everything that is made carries it. */
  readonly run: string
  readonly application: Application
  readonly devices: readonly Device[]
  /** Milliseconds that the connection to each device has taken. */
  readonly connectMs: ReadonlyMap<string, number>
  /** Pure. @param views of the devices, in their order. */
  readonly plan: (views: readonly DeviceView[], stored: StoredImageIds) => ActivationPlan
}

/** Stopping is done before; this only removes. */
const settleLimitMs = 60_000

/** Plans and executes. @throws ShoalError; then the devices are as they were, or the error says where they may not be. */
export async function carryOut(job: Job, context: PairContext): Promise<readonly ActiveInstance[]> {
  const { run, application, devices, connectMs } = job
  const { journal, sources, now, onEvent, signal } = context
  const entry = { run, application: application.name, duty: 'undo', isGivenUp: false } as const
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
    const plan = job.plan(views, stored)
    for (const view of views) tellUnusable(view, context)
    touched = touchedDevices(plan, views, devices, application)
    if (touched.some(({ footprint }) => !isEmpty(footprint))) {
      await journal.write({ ...entry, devices: touched.map(noted) })
    }
    const connected = new Map(devices.map((device) => [device.label, device]))
    const execution: Execution = { run, devices: connected, connectMs, sources, onEvent, now, signal }
    const active = await executePlan(plan, execution)
    await settle(job, touched, context)
    return active
  } catch (error) {
    await isNoted.catch(() => {})
    throw await undo(error, job, touched, context)
  }
}

/** Others could carry what needs a device: the user is told all the same. */
function tellUnusable({ label, inventory }: DeviceView, { say }: PairContext): void {
  if (inventory === undefined || inventory.ok) return
  const { code, place, reason } = inventory.error
  const where = place === undefined || place === label ? '' : `${place}: `
  say(`warning: ${label} gets no instance that needs a device: ${code}, ${where}${reason}`)
}

/** @returns the error to show: what failed, and what may be left if not all could be undone. */
async function undo(
  error: unknown,
  { run, application }: Job,
  touched: readonly TouchedDevice[],
  { connector, journal, say, patienceMs }: PairContext,
): Promise<unknown> {
  const left = await cleanUp(touched, { run, connector, say, patienceMs })
  if (left.length === 0) {
    await journal.remove(run)
    return isInterruption(error)
      ? interruption('activate', application.name, undefined, 'stopped; what was begun is undone')
      : error
  }
  await journal.write({
    run,
    application: application.name,
    duty: 'undo',
    isGivenUp: true,
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
  { run, application }: Job,
  touched: readonly TouchedDevice[],
  { journal, say }: PairContext,
): Promise<void> {
  const replacing = touched.filter(({ footprint }) => needsSettling(footprint))
  if (replacing.length > 0) {
    const entry = {
      run,
      application: application.name,
      duty: 'settle',
      devices: replacing.map(noted),
    } as const
    await journal.write({ ...entry, isGivenUp: false })
    const limit = AbortSignal.timeout(settleLimitMs)
    const outcomes = await Promise.allSettled(
      replacing.map(({ device, footprint }) => settleRun(device, run, footprint, limit)),
    )
    const failed = outcomes.findIndex(({ status }) => status === 'rejected')
    if (failed >= 0) {
      await journal.write({ ...entry, isGivenUp: true })
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
