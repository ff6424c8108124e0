// Devices and configurations for the tests of the device runtime.
import type { Device, DeviceGrant } from '../../../src/model/devices/device.ts'
import type { ClaimedDevice } from '../../../src/runtime/grant-devices.ts'
import type { OciConfig } from '../../../src/runtime/oci-config.ts'

export function aDevice(given: Partial<Device> = {}): Device {
  const id = given.id ?? 'modem-1'
  return {
    id,
    capability: 'modem',
    driver: 'serial',
    shared: 1,
    isDeclared: true,
    identity: '/dev/ttyUSB0',
    absence: '',
    paths: ['/dev/ttyUSB0', '/dev/serial/by-id/modem'],
    grant: {
      nodes: [{ path: '/dev/ttyUSB0', major: 188, minor: 0, permissions: 'rw' }],
      mounts: [],
      told: { id, capability: 'modem', driver: 'serial', path: '/dev/ttyUSB0' },
    },
    ...given,
  }
}

export function aSensor(): Device & { grant: DeviceGrant } {
  const target = '/run/shoal/devices/light-1'
  return {
    ...aDevice({ id: 'light-1', capability: 'light', driver: 'iio', paths: [] }),
    grant: {
      nodes: [],
      mounts: [{ source: '/sys/devices/i2c-1/iio:device0', target, readOnly: true }],
      told: { id: 'light-1', capability: 'light', driver: 'iio', folder: target },
    },
  }
}

export function aClaimed(device: Device, kinds: readonly string[] = ['MODEM']): ClaimedDevice {
  if (device.grant === undefined) throw new Error('an absent device')
  return { device, grant: device.grant, claim: { deviceId: device.id, kinds } }
}

export function aConfig(env: readonly string[] = []): OciConfig {
  return {
    process: { env: ['PATH=/bin', ...env], user: { uid: 65532, gid: 65533 } },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { devices: [], resources: { devices: [{ allow: false, access: 'rwm' }] } },
  }
}
