import { describe, expect, it } from 'vitest'
import { type ClaimedDevice, grantDevices, holdsDevice } from '../../../src/runtime/grant-devices.ts'
import type { OciConfig } from '../../../src/runtime/oci-config.ts'
import { aClaimed, aConfig, aDevice, aSensor } from './builders.ts'

function granted(
  config: OciConfig,
  claimed: readonly ClaimedDevice[],
  paths: Parameters<typeof grantDevices>[2] = [],
) {
  const granting = grantDevices(config, claimed, paths)
  if (!granting.ok) throw new Error(granting.reason)
  return granting.config
}

describe('the configuration of a container with claims', () => {
  it('gains the node of the device, owned by its user, one rule, and one variable; nothing else', () => {
    const config = aConfig()
    const told = [{ id: 'modem-1', capability: 'modem', driver: 'serial', path: '/dev/ttyUSB0' }]
    expect(granted(config, [aClaimed(aDevice())])).toEqual({
      ...config,
      process: { ...config.process, env: ['PATH=/bin', `SHOAL_DEVICES=${JSON.stringify(told)}`] },
      linux: {
        devices: [
          { path: '/dev/ttyUSB0', type: 'c', major: 188, minor: 0, fileMode: 0o600, uid: 65532, gid: 65533 },
        ],
        resources: {
          devices: [
            { allow: false, access: 'rwm' },
            { allow: true, type: 'c', major: 188, minor: 0, access: 'rw' },
          ],
        },
      },
    })
  })

  it('gains the folder of a sensor, read-only, and no rule', () => {
    const { mounts, linux } = granted(aConfig(), [aClaimed(aSensor(), ['LIGHT'])])
    expect(mounts?.at(-1)).toEqual({
      destination: '/run/shoal/devices/light-1',
      type: 'bind',
      source: '/sys/devices/i2c-1/iio:device0',
      options: ['bind', 'nosuid', 'nodev', 'noexec', 'rprivate', 'ro'],
    })
    expect(linux).toEqual(aConfig().linux)
  })

  it('says nothing that the container said of itself', () => {
    const { process } = granted(aConfig(['SHOAL_DEVICES=[{"id":"laser-1"}]']), [aClaimed(aDevice())])
    expect(process?.env?.filter((entry) => entry.includes('laser'))).toEqual([])
  })

  it('belongs to root where the container says nothing of its user', () => {
    expect(granted({}, [aClaimed(aDevice())]).linux?.devices).toMatchObject([{ uid: 0, gid: 0 }])
  })

  it('shows a device under the path that was asked for too, by any of its names', () => {
    const paths = [{ host: '/dev/serial/by-id/modem', container: '/dev/modem', permissions: 'rwm' }]
    const { linux } = granted(aConfig(), [aClaimed(aDevice(), ['/DEV/SERIAL/BY-ID/MODEM'])], paths)
    expect(linux?.devices?.map(({ path }) => path)).toEqual(['/dev/ttyUSB0', '/dev/modem'])
  })

  it('narrows the rule to the permissions of the path, unless the capability is claimed as well', () => {
    const paths = [{ host: '/dev/ttyUSB0', container: '/dev/modem', permissions: 'r' }]
    const access = (kinds: readonly string[]) =>
      granted(aConfig(), [aClaimed(aDevice(), kinds)], paths).linux?.resources?.devices?.slice(1)
    expect(access(['/DEV/TTYUSB0'])?.map((rule) => rule.access)).toEqual(['r', 'r'])
    expect(access(['/DEV/TTYUSB0', 'MODEM'])?.map((rule) => rule.access)).toEqual(['rw', 'rw'])
  })

  it('refuses a path of a device that is not claimed', () => {
    const paths = [{ host: '/dev/mem', container: '/dev/mem', permissions: 'rw' }]
    expect(grantDevices(aConfig(), [aClaimed(aDevice())], paths)).toEqual({
      ok: false,
      reason: 'it asks for /dev/mem, and claims no device that has this path',
    })
  })
})

describe('who holds a device', () => {
  it('is a container that was given it', () => {
    const config = granted(aConfig(), [aClaimed(aDevice()), aClaimed(aSensor())])
    expect(holdsDevice(config, aDevice())).toBe(true)
    expect(holdsDevice(config, aSensor())).toBe(true)
    expect(holdsDevice(config, aDevice({ id: 'modem-2' }))).toBe(false)
  })

  it('is not a container that only says so', () => {
    const config = granted(aConfig(), [aClaimed(aDevice())])
    const { linux: _, ...without } = config
    expect(holdsDevice(without, aDevice())).toBe(false)
    for (const told of ['', '{}', '[null]', '[{"id":"modem-1"'])
      expect(holdsDevice({ ...config, process: { env: [`SHOAL_DEVICES=${told}`] } }, aDevice())).toBe(false)
  })
})
