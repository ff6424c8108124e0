// What an activation is about to change on a device: noted before the first change, so that it can be undone by anyone later.
import type { ContainerPhase } from '../engine/container-answers.ts'
import type { Application } from '../model/application.ts'
import type { Device } from './device.ts'
import type { DeviceView } from './device-view.ts'
import { runLabel } from './instance.ts'
import type { DevicePlan } from './plan-activation.ts'

export interface Footprint {
  /** Containers that are put out of the way. */
  readonly asides: readonly AsideContainer[]
  /** Images that are brought, and which image had the name before. */
  readonly images: readonly BroughtImage[]
  readonly network: string | undefined
  /** Volumes that the Engine makes because a container names them. */
  readonly volumes: readonly string[]
}

export interface AsideContainer {
  readonly id: string
  readonly name: string
  readonly wasRunning: boolean
}

export interface BroughtImage {
  readonly reference: string
  readonly previousId: string | undefined
}

export const emptyFootprint: Footprint = Object.freeze({
  asides: [],
  images: [],
  network: undefined,
  volumes: [],
})

export function isEmpty({ asides, images, network, volumes }: Footprint): boolean {
  return asides.length + images.length + volumes.length === 0 && network === undefined
}

/** Pure: what the plan will leave on the device. */
export function footprintOf(plan: DevicePlan, view: DeviceView, application: Application): Footprint {
  const named = application.services.flatMap(({ mounts }) =>
    mounts.flatMap((mount) => (mount.kind === 'volume' && mount.source !== undefined ? [mount.source] : [])),
  )
  return {
    asides: plan.asides.map(({ container }) => ({
      id: container.id,
      name: container.name,
      wasRunning: isOn(container.state),
    })),
    images: plan.images.map(({ reference }) => ({ reference, previousId: view.imageIds.get(reference) })),
    network: plan.network?.name,
    volumes: plan.lanes.length === 0 ? [] : [...new Set(named)].filter((name) => !view.volumes.has(name)),
  }
}

/** Whether a container runs, or would again by itself. */
export function isOn(state: ContainerPhase): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused'
}

/** The name of a container while it is out of the way. */
export function asideName(name: string, run: string): string {
  return `${name}.aside-${run}`
}

/** Brings the device back to where it was before the run. Idempotent: what is undone already is left. */
export async function undoRun(
  device: Device,
  run: string,
  footprint: Footprint,
  signal: AbortSignal,
): Promise<void> {
  const { containers, images, networks, volumes } = device.engine
  const all = await containers.list([], { signal })
  await Promise.all(
    all
      .filter(({ labels, name }) => labels[runLabel] === run && !name.endsWith(asideName('', run)))
      .map(({ id, name }) => containers.remove(id, name, { signal })),
  )
  for (const { id, name, wasRunning } of footprint.asides) {
    const now = all.find((container) => container.id === id)
    if (now === undefined) continue
    if (now.name === asideName(name, run)) await containers.rename(id, name, { signal })
    if (wasRunning && now.state !== 'running') await containers.start(id, name, { signal })
  }
  if (footprint.network !== undefined) await networks.remove(footprint.network, { signal })
  for (const volume of footprint.volumes) await volumes.remove(volume, { signal })
  for (const { reference, previousId } of footprint.images) {
    const now = await images.inspect(reference, { signal })
    if (now === undefined || now.id === previousId) continue
    if (previousId === undefined) await images.remove(reference, { signal })
    else {
      await images.tag(previousId, reference, { signal })
      await images.remove(now.id, { signal })
    }
  }
}

/** Removes for good what the run has replaced. Idempotent. */
export async function settleRun(
  device: Device,
  run: string,
  footprint: Footprint,
  signal: AbortSignal,
): Promise<void> {
  const { containers, images } = device.engine
  await Promise.all(
    footprint.asides.map(({ id, name }) => containers.remove(id, asideName(name, run), { signal })),
  )
  for (const { previousId } of footprint.images) {
    if (previousId !== undefined) await images.remove(previousId, { signal })
  }
}

/** Whether there is anything to remove once the run has succeeded. */
export function needsSettling({ asides, images }: Footprint): boolean {
  return asides.length > 0 || images.some(({ previousId }) => previousId !== undefined)
}
