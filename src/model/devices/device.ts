// A device of a node: one physical thing that gives a capability, as the node's inventory knows it.
import type { GrantedDevice } from './granted-device.ts'

export interface Device {
  /** Of the node; unique there. */
  readonly id: string
  readonly capability: string
  readonly driver: GrantedDevice['driver']
  /** How many instances may hold it at once; 1 is exclusive. */
  readonly shared: number
  /** Whether somebody declared it, or the kernel shows it and that is all. */
  readonly isDeclared: boolean
  /** What it is by, whatever number it has after the next boot: `/dev/v4l/by-id/…`, `gpiochip pinctrl-bcm2711 line 17`. */
  readonly identity: string
  /** Undefined while it is absent. */
  readonly grant: DeviceGrant | undefined
  /** Why it is absent; empty where it is present. */
  readonly absence: string
  /** Paths by which a Compose file may ask for it: its character devices, and the links to them. */
  readonly paths: readonly string[]
}

/** All that a container gets with the device, and nothing else. */
export interface DeviceGrant {
  readonly nodes: readonly DeviceNode[]
  readonly mounts: readonly DeviceMount[]
  /** As the container sees it. */
  readonly told: GrantedDevice
}

/** A character device. */
export interface DeviceNode {
  /** On the node, links followed: `/dev/gpiochip0`. */
  readonly path: string
  readonly major: number
  readonly minor: number
  /** Some of `r`, `w`. */
  readonly permissions: string
}

export interface DeviceMount {
  /** Absolute, on the node. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** Value of a claim in Swarm to the id of the device: a shared device is claimed as `ID#1` to `ID#N`. */
export function deviceIdOf(claimValue: string): string {
  return claimValue.split('#', 1)[0] ?? claimValue
}

/** The values by which a device can be claimed in Swarm, one a holder. */
export function claimValuesOf({ id, shared }: Pick<Device, 'id' | 'shared'>): readonly string[] {
  return shared === 1 ? [id] : Array.from({ length: shared }, (_, index) => `${id}#${index + 1}`)
}
