// Builders for the tests of claims: devices of a machine, present unless a test says otherwise.
import type { Device, DeviceNode } from '../../../../src/model/devices/device.ts'

/** A character device at `/dev/ID`. */
export function aDevice(capability: string, id: string, changes: Partial<Device> = {}): Device {
  const path = `/dev/${id}`
  return {
    id,
    capability,
    driver: 'device',
    shared: 1,
    isDeclared: true,
    identity: path,
    absence: '',
    paths: [path],
    grant: { nodes: [aNode(path)], mounts: [], told: { id, capability, driver: 'device', path } },
    ...changes,
  }
}

export function anAbsentDevice(capability: string, id: string, absence = `there is no /dev/${id}`): Device {
  return aDevice(capability, id, { grant: undefined, absence })
}

/** A line of a chip: the node is the chip's. */
export function aLine(capability: string, id: string, line: number): Device {
  const chip = '/dev/gpiochip0'
  const told = { id, capability, driver: 'gpio' as const, chip, line, activeLow: false }
  return aDevice(capability, id, {
    driver: 'gpio',
    grant: { nodes: [aNode(chip)], mounts: [], told },
    paths: [],
  })
}

/** A folder of sysfs. */
export function aSensor(capability: string, id: string): Device {
  const folder = `/run/shoal/devices/${id}`
  return aDevice(capability, id, {
    driver: 'iio',
    paths: [],
    grant: {
      nodes: [],
      mounts: [{ source: `/sys/devices/${id}`, target: folder, readOnly: true }],
      told: { id, capability, driver: 'iio', folder },
    },
  })
}

export function aNode(path: string, permissions = 'rw'): DeviceNode {
  return { path, major: 254, minor: 0, permissions }
}
