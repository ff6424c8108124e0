// What has to be done so that an application runs on its devices as wanted: a pure function from wanted and seen to steps as data.
import type { Application, ApplicationNetwork, Dependency } from '../model/application.ts'
import type { Device as PhysicalDevice } from '../model/devices/device.ts'
import { ShoalError } from '../model/errors.ts'
import { claimSite } from './claims/claim-site.ts'
import { grantInstance } from './claims/grant-instance.ts'
import type { DeviceView } from './device-view.ts'
import { configHashOf, type FoundInstance, findInstance, type WantedInstance } from './instance.ts'
import { type HeldPort, spreadInstances } from './spread.ts'
import { unplacedError } from './unplaced-error.ts'

/** What is known here of an image: the ids that the image store has for it, one an architecture. */
export type StoredImageIds = ReadonlyMap<string, readonly string[]>

export interface ActivationPlan {
  readonly devices: readonly DevicePlan[]
}

/** The steps on one device: images, then out of the way what is outdated, then the network, then the lanes side by side. */
export interface DevicePlan {
  readonly device: string
  readonly images: readonly BringImage[]
  /** Instances that are replaced or not wanted any more. They are stopped first, and come back if the activation fails. */
  readonly asides: readonly FoundInstance[]
  readonly network: ApplicationNetwork | undefined
  readonly lanes: readonly Lane[]
}

export interface BringImage {
  readonly reference: string
  readonly platform: string | undefined
  /** `store`: the image store has it, in one or more architectures. `elsewhere`: this machine's Engine may, or a registry. */
  readonly from: 'store' | 'elsewhere'
}

/** The way of one instance: it is made, started and waited for, or it runs already as wanted and is only asked. */
export interface Lane {
  readonly instance: WantedInstance
  readonly kept: FoundInstance | undefined
  /** Services of the application that must have come this far before it is made. */
  readonly after: readonly Dependency[]
}

export interface ActivationInputs {
  readonly application: Application
  readonly wanted: readonly WantedInstance[]
  readonly devices: readonly DeviceView[]
  readonly stored: StoredImageIds
}

/** Throws ShoalError when an instance fits nowhere, or an image may not be brought. */
export function planActivation({ application, wanted, devices, stored }: ActivationInputs): ActivationPlan {
  const wantedIds = new Set(wanted.map(({ id }) => id))
  const seen = devices.map((view) => ({ view, own: ownInstances(view, application.name) }))
  const spread = spreadInstances(
    wanted,
    seen.map(({ view, own }) => ({
      label: view.label,
      has: new Set(own.map(({ id }) => id).filter((id) => wantedIds.has(id))),
      held: heldPorts(view, own),
      claims: claimSite(view, own),
    })),
  )
  const [unplaced] = spread.unplaced
  if (unplaced !== undefined) throw unplacedError(unplaced)
  const homes = new Map(spread.placed.map((placement) => [placement.instance, placement]))
  return {
    devices: seen.map(({ view, own }) => {
      const here = wanted.flatMap((instance) => {
        const home = homes.get(instance.id)
        return home?.device === view.label ? [granted(instance, home.granted, view)] : []
      })
      const lanes = here.map((instance) => planLane(instance, own, view, stored))
      const needsNetwork = here.some(({ service }) => service.network === 'application')
      return {
        device: view.label,
        images: imagesToBring(here, view, stored),
        asides: own.filter((found) => lanes.every(({ kept }) => kept !== found)),
        network: needsNetwork && !view.hasNetwork ? application.network : undefined,
        lanes,
      }
    }),
  }
}

function planLane(
  instance: WantedInstance,
  own: readonly FoundInstance[],
  view: DeviceView,
  stored: StoredImageIds,
): Lane {
  const kept = own.find((found) => found.id === instance.id && isAsWanted(found, instance, view, stored))
  return { instance, kept, after: kept === undefined ? instance.service.dependsOn : [] }
}

/** With the devices that were chosen on the machine. */
function granted(
  instance: WantedInstance,
  devices: readonly PhysicalDevice[],
  { inventory }: DeviceView,
): WantedInstance {
  return grantInstance(instance, devices, inventory?.ok ? inventory.modes : new Map())
}

/**
 * One instance anew on one device, whatever else of the application runs there; what is left of it there is replaced. Throws ShoalError
 * when the device does not have, or has no more, what it needs.
 */
export function planTakeOver(
  application: Application,
  ungranted: WantedInstance,
  view: DeviceView,
  stored: StoredImageIds,
): ActivationPlan {
  const left = ownInstances(view, application.name).filter(({ id }) => id === ungranted.id)
  const claims = claimSite(view, left)
  const spread = spreadInstances([ungranted], [{ label: view.label, has: new Set(), held: [], claims }])
  const [unplaced] = spread.unplaced
  if (unplaced !== undefined) throw unplacedError(unplaced)
  const instance = granted(ungranted, spread.placed[0]?.granted ?? [], view)
  return {
    devices: [
      {
        device: view.label,
        images: imagesToBring([instance], view, stored),
        asides: left,
        network:
          instance.service.network === 'application' && !view.hasNetwork ? application.network : undefined,
        lanes: [{ instance, kept: undefined, after: [] }],
      },
    ],
  }
}

/** Same settings, same image, and running: there is nothing to do. */
function isAsWanted(
  old: FoundInstance,
  wanted: WantedInstance,
  view: DeviceView,
  stored: StoredImageIds,
): boolean {
  const reference = wanted.service.image
  const { imageId, state } = old.container
  return (
    state === 'running' &&
    old.configHash === configHashOf(wanted) &&
    (stored.get(reference)?.includes(imageId) ?? view.imageIds.get(reference) === imageId)
  )
}

/** The image store comes first: who has built an image again wants the new one to run. */
function imagesToBring(
  here: readonly WantedInstance[],
  view: DeviceView,
  stored: StoredImageIds,
): BringImage[] {
  const services = new Map(here.map(({ service }) => [service.image, service]))
  return [...services.values()].flatMap(({ image, platform, pullPolicy }): BringImage[] => {
    const present = view.imageIds.get(image)
    const ids = stored.get(image)
    if (present !== undefined && (pullPolicy === 'never' || ids === undefined || ids.includes(present)))
      return []
    if (pullPolicy === 'never') {
      throw new ShoalError('IMAGE_UNKNOWN', {
        action: 'activate',
        object: `image ${image}`,
        place: view.label,
        reason: 'the device does not have it, and its pull_policy is never',
        nextStep: 'leave pull_policy out, or bring the image there yourself',
      })
    }
    return [{ reference: image, platform, from: ids === undefined ? 'elsewhere' : 'store' }]
  })
}

function ownInstances(view: DeviceView, application: string): FoundInstance[] {
  return view.containers.flatMap((container) => {
    const found = findInstance(container)
    return found?.application === application ? [found] : []
  })
}

/** Ports of running containers that will still be there afterwards. @param own those that will not, or that do not count. */
export function heldPorts(
  { containers }: Pick<DeviceView, 'containers'>,
  own: readonly FoundInstance[],
): HeldPort[] {
  const ownContainers = new Set(own.map(({ container }) => container.id))
  return containers
    .filter(({ id, state }) => !ownContainers.has(id) && state === 'running')
    .flatMap(({ name, ports }) =>
      ports.map(({ protocol, hostIp, hostPort }) => ({
        protocol,
        hostIp,
        port: hostPort,
        holder: `container ${name}`,
      })),
    )
}
