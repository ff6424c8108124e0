// What the kernel shows that is a device by itself: cameras, serial ports with a name, sensors of IIO and 1-wire. Pure.
import type { Device, DeviceGrant } from '../model/devices/device.ts'
import type { Hardware, HardwareKind } from './hardware.ts'
import { nodeGrant, sensorGrant } from './resolve-device.ts'

/** Channel of IIO to the capability that it is. */
const channelCapabilities: readonly (readonly [string, string])[] = [
  ['humidityrelative', 'humidity'],
  ['illuminance', 'light'],
]

/** 1-wire thermometers: DS18S20, DS1822, DS18B20, DS1825. */
const thermometers = ['10', '22', '28', '3b']

/** What a declaration uses already is not a device once more. */
export function discoverDevices(
  hardware: readonly Hardware[],
  declared: readonly Device[],
): readonly Device[] {
  const used = new Set(
    declared.flatMap(({ grant }) => [
      ...(grant?.nodes.map(({ path }) => path) ?? []),
      ...(grant?.mounts.map(({ source }) => source) ?? []),
    ]),
  )
  const ids = new Set(declared.map(({ id }) => id))
  return hardware.flatMap((each): Device[] => {
    const capability = capabilityOf(each)
    if (capability === undefined || used.has(each.folder) || used.has(each.node?.path ?? '')) return []
    const driver = drivers[each.kind]
    if (driver === undefined) return []
    const id = freeId(each, capability, ids)
    ids.add(id)
    const grant = grantOf(each, { id, capability, driver })
    if (grant === undefined) return []
    return [
      {
        id,
        capability,
        driver,
        shared: 1,
        isDeclared: false,
        identity: each.identity,
        grant,
        absence: '',
        paths: each.node === undefined ? [] : [each.node.path, ...each.links],
      },
    ]
  })
}

type Discovered = 'camera' | 'serial' | 'iio' | 'w1'

const drivers: Partial<Record<HardwareKind, Discovered>> = {
  camera: 'camera',
  serial: 'serial',
  iio: 'iio',
  w1: 'w1',
}

function capabilityOf({ kind, name, label, parts, links }: Hardware): string | undefined {
  if (kind === 'camera') return isProcessor(label) ? undefined : 'camera'
  // A serial port without a name of its own may be the console.
  if (kind === 'serial') return links.length > 0 ? 'serial' : undefined
  if (kind === 'w1') return thermometers.includes(name.slice(0, 2)) ? 'temperature' : undefined
  if (kind === 'iio') return channelCapabilities.find(([channel]) => parts.includes(channel))?.[1]
  return undefined
}

/** Boards show codecs and the stages behind a camera as video nodes too; what they are stands in their names alone. */
function isProcessor(label: string): boolean {
  return /codec|isp\b|-isp|pisp|hevc|h26[45]|jpeg|\b(dec|enc)\b|image_fx|stats|m2m|scaler|vpu/i.test(label)
}

function grantOf(
  hardware: Hardware,
  named: { id: string; capability: string; driver: Discovered },
): DeviceGrant | undefined {
  const { driver } = named
  if (driver === 'iio' || driver === 'w1') return sensorGrant({ ...named, driver }, hardware, undefined)
  if (hardware.node === undefined) return undefined
  return nodeGrant({ ...named, driver }, { ...hardware.node, permissions: 'rw' })
}

/** From what tells it after any boot; `camera-usb-046d_hd_pro_webcam_c920`. */
function freeId({ identity, kind, name }: Hardware, capability: string, taken: ReadonlySet<string>): string {
  const telling = kind === 'w1' ? name : identity.slice(identity.lastIndexOf('/') + 1)
  const slug = telling
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
  const id = `${capability}-${slug}`.slice(0, 60)
  for (let number = 2; ; number += 1) {
    const candidate = number === 2 ? id : `${id}-${number - 1}`
    if (!taken.has(candidate)) return candidate
  }
}
