// Makes a plan real on all devices at once: images, out of the way what is outdated, network, then every instance until it is ready.
import type { Endpoint } from '../model/endpoint.ts'
import { allOrFirstError } from './all-or-first-error.ts'
import { awaitHealthy, awaitReady, loadProber } from './await-ready.ts'
import { bringImage, type ImageSources } from './bring-image.ts'
import { secureClaims } from './claims/secure-claims.ts'
import type { Device } from './device.ts'
import { asideName, isOn } from './footprint.ts'
import type { WantedInstance } from './instance.ts'
import { interruption } from './interruption.ts'
import type { ActivationPlan, BringImage, DevicePlan, Lane } from './plan-activation.ts'
import { ServiceGates } from './service-gates.ts'
import { Slots } from './slots.ts'

export type Phase = 'connect' | 'send' | 'create' | 'start' | 'ready'

/** Milliseconds; a phase that was not needed is 0. */
export type PhaseTimes = Readonly<Record<Phase, number>>

export interface ActiveInstance {
  readonly instance: WantedInstance
  readonly device: Device
  readonly containerId: string
  readonly endpoint: Endpoint | undefined
  readonly isNew: boolean
  readonly phasesMs: PhaseTimes
  /** On the clock of the execution. */
  readonly readyAtMs: number
}

export type ExecutionEvent =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly device: string; readonly object: string }
  /** Nothing more is under way for it. */
  | { readonly kind: 'done'; readonly device: string; readonly object: string }
  | {
      readonly kind: 'transfer'
      readonly device: string
      readonly reference: string
      readonly doneBytes: number
      readonly totalBytes: number | undefined
    }
  | { readonly kind: 'warning'; readonly device: string; readonly text: string }

export interface Execution {
  readonly run: string
  readonly devices: ReadonlyMap<string, Device>
  /** Milliseconds that the connection to each device has taken. */
  readonly connectMs: ReadonlyMap<string, number>
  readonly sources: ImageSources
  readonly onEvent: (event: ExecutionEvent) => void
  /** Milliseconds. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Containers that one device makes and starts side by side: more would only wait for its card and its cores. */
const lanesAtOnce = 4

/**
 * Resolves when every instance is ready. Rejects with the first error; what was made until then is left for `undoRun`, and nothing
 * is under way any more. Calls that change a container are never broken off: whether the Engine has carried them out would then be unknown.
 */
export async function executePlan(plan: ActivationPlan, execution: Execution): Promise<ActiveInstance[]> {
  const gates = new ServiceGates(plan)
  const active = await allOrFirstError(plan.devices, execution.signal, async (devicePlan, signal) => {
    const device = execution.devices.get(devicePlan.device)
    if (device === undefined) throw new Error(`${devicePlan.device} is in the plan and not connected`)
    const site = { ...execution, signal, device, gates }
    try {
      return await executeOnDevice(devicePlan, site)
    } catch (error) {
      throw await device.explain(error)
    }
  })
  return active.flat()
}

/** One device while a plan is made real there. */
interface Site extends Execution {
  readonly device: Device
  readonly gates: ServiceGates
}

async function executeOnDevice(plan: DevicePlan, site: Site): Promise<ActiveInstance[]> {
  const { device, run, now, signal } = site
  const { containers, networks } = device.engine
  const sendStartedAt = now()
  for (const image of plan.images) await bring(image, site)
  const sendMs = plan.images.length === 0 ? 0 : now() - sendStartedAt
  if (signal.aborted) throw interruption('activate', 'the application', device.label)
  await Promise.all(
    plan.asides.map(async ({ container: { id, name, state } }) => {
      if (isOn(state)) await containers.stop(id, name)
      await containers.rename(id, asideName(name, run))
    }),
  )
  if (plan.network !== undefined) await networks.create(plan.network)
  const slots = new Slots(lanesAtOnce)
  return allOrFirstError(plan.lanes, signal, (lane, laneSignal) =>
    executeLane(lane, { ...site, signal: laneSignal, slots, sendMs }),
  )
}

async function bring(image: BringImage, { device, sources, onEvent, signal }: Site): Promise<void> {
  const object = `image ${image.reference}`
  onEvent({ kind: 'phase', phase: 'send', device: device.label, object })
  await bringImage(device, image, sources, {
    signal,
    onProgress: (doneBytes, totalBytes) =>
      onEvent({ kind: 'transfer', device: device.label, reference: image.reference, doneBytes, totalBytes }),
  })
  onEvent({ kind: 'done', device: device.label, object })
}

interface LaneSite extends Site {
  readonly slots: Slots
  readonly sendMs: number
}

async function executeLane(lane: Lane, site: LaneSite): Promise<ActiveInstance> {
  const { instance, kept, after } = lane
  const { device, gates, slots, signal, now, sendMs } = site
  const { service } = instance
  await gates.pass(after, signal)
  const made =
    kept === undefined ? await slots.use(() => make(instance, site)) : keptContainer(kept.container.id)
  gates.reach(service.name, 'started')
  const startedAt = now()
  phase('ready', instance, site)
  const started = {
    instance,
    containerId: made.id,
    engine: device.engine,
    address: device.address,
    place: device.label,
  }
  const endpoint = await awaitReady(started, signal)
  const readyAtMs = now()
  if (gates.isAwaited(service.name, 'healthy')) await awaitHealthy(started, signal)
  gates.reach(service.name, 'healthy')
  site.onEvent({ kind: 'done', device: device.label, object: instance.id })
  return {
    instance,
    device,
    containerId: made.id,
    endpoint,
    isNew: kept === undefined,
    phasesMs: {
      connect: site.connectMs.get(device.label) ?? 0,
      send: kept === undefined ? sendMs : 0,
      create: made.createMs,
      start: made.startMs,
      ready: readyAtMs - startedAt,
    },
    readyAtMs,
  }
}

interface MadeContainer {
  readonly id: string
  readonly createMs: number
  readonly startMs: number
}

function keptContainer(id: string): MadeContainer {
  return { id, createMs: 0, startMs: 0 }
}

async function make(instance: WantedInstance, site: LaneSite): Promise<MadeContainer> {
  const { run, device, now, onEvent, signal } = site
  const { name, platform, body } = instance.spec
  requireGoing(instance, site)
  const createdFrom = now()
  phase('create', instance, site)
  const { id, warnings } = await device.engine.containers.create(name, body, { platform })
  for (const text of warnings)
    onEvent({ kind: 'warning', device: device.label, text: `${instance.id}: ${text}` })
  await secureClaims(
    {
      instance,
      containerId: id,
      engine: device.engine,
      place: device.label,
      isAside: (other) => other.endsWith(asideName('', run)),
    },
    signal,
  )
  requireGoing(instance, site)
  const startedFrom = now()
  phase('start', instance, site)
  await Promise.all([device.engine.containers.start(id, name), loadProber()])
  return { id, createMs: startedFrom - createdFrom, startMs: now() - startedFrom }
}

function requireGoing({ id }: WantedInstance, { device, signal }: Site): void {
  if (signal.aborted) throw interruption('activate', `instance ${id}`, device.label)
}

function phase(name: Phase, { id }: WantedInstance, { device, onEvent }: Site): void {
  onEvent({ kind: 'phase', phase: name, device: device.label, object: id })
}
