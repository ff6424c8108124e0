// A declaration and what the kernel shows, brought together: the device with all that a container gets of it, or why it is absent.
import type { DeviceDeclaration } from '../model/devices/declaration.ts'
import type { Device, DeviceGrant, DeviceNode } from '../model/devices/device.ts'
import { type GrantedDevice, grantedFolder } from '../model/devices/granted-device.ts'
import type { Hardware } from './hardware.ts'
import type { KernelView } from './kernel-view.ts'
import { isNamed, pickHardware } from './pick-hardware.ts'

type Of<Driver extends DeviceDeclaration['driver']> = Extract<DeviceDeclaration, { driver: Driver }>

interface Found {
  readonly identity: string
  readonly grant: DeviceGrant
  readonly paths: readonly string[]
}

interface Absent {
  readonly identity: string
  readonly absence: string
  readonly paths: readonly string[]
}

/** Where a simulated board has the folders of its devices: src/board. */
export const boardsFolder = '/run/shoal/boards'

export async function resolveDevice(
  declaration: DeviceDeclaration,
  hardware: readonly Hardware[],
  view: KernelView,
): Promise<Device> {
  const found = await find(declaration, hardware, view)
  const { id, capability, driver, shared } = declaration
  return {
    id,
    capability,
    driver,
    shared,
    isDeclared: true,
    identity: found.identity,
    grant: 'grant' in found ? found.grant : undefined,
    absence: 'absence' in found ? found.absence : '',
    paths: found.paths,
  }
}

async function find(
  declaration: DeviceDeclaration,
  hardware: readonly Hardware[],
  view: KernelView,
): Promise<Found | Absent> {
  switch (declaration.driver) {
    case 'gpio':
      return findLine(declaration, hardware)
    case 'pwm':
      return await findChannel(declaration, hardware, view)
    case 'iio':
    case 'hwmon':
    case 'w1':
      return findSensor(declaration, hardware)
    case 'simulated':
      return await findSimulated(declaration, view)
    default:
      return await findNode(declaration, hardware, view)
  }
}

function findLine(declaration: Of<'gpio'>, hardware: readonly Hardware[]): Found | Absent {
  const { id, capability, chip, line, activeLow, bias } = declaration
  const identity = `line ${line} of ${chip}`
  const picked = pickHardware(hardware, 'gpiochip', (each) => isNamed(each, chip), chip)
  if ('absence' in picked) return { identity, absence: picked.absence, paths: [] }
  const { node, label, name, parts } = picked.hardware
  if (node === undefined)
    return { identity, absence: `${name} has no node in /dev: the kernel was built without it`, paths: [] }
  const offset = typeof line === 'number' ? line : parts.indexOf(line)
  if (offset < 0) {
    const known = parts.filter((part) => part !== '')
    const have = known.length === 0 ? 'its lines have no names' : `it has ${known.slice(0, 8).join(', ')}…`
    return { identity, absence: `${label} (${name}) has no line named ${line}: ${have}`, paths: [] }
  }
  const told: GrantedDevice = {
    id,
    capability,
    driver: 'gpio',
    chip: node.path,
    line: offset,
    activeLow,
    ...(bias === undefined ? {} : { bias }),
  }
  return {
    identity: `line ${line} of ${label} (${name})`,
    // A chip is one node for all its lines: who asked for the path alone would get them all.
    paths: [],
    grant: { nodes: [{ ...node, permissions: 'rw' }], mounts: [], told },
  }
}

async function findChannel(
  declaration: Of<'pwm'>,
  hardware: readonly Hardware[],
  view: KernelView,
): Promise<Found | Absent> {
  const { id, capability, chip, channel } = declaration
  const identity = `channel ${channel} of ${chip}`
  const picked = pickHardware(hardware, 'pwmchip', (each) => isNamed(each, chip), chip)
  if ('absence' in picked) return { identity, absence: picked.absence, paths: [] }
  const { folder, label, name, parts } = picked.hardware
  if (channel >= parts.length)
    return { identity, absence: `${label} (${name}) has ${parts.length} channels`, paths: [] }
  const source = `${folder}/pwm${channel}`
  if ((await view.read(`${source}/period`)) === undefined) {
    return {
      identity,
      absence: `channel ${channel} of ${name} is not exported: the agent does it, or echo ${channel} > ${folder}/export`,
      paths: [],
    }
  }
  const target = `${grantedFolder}/${id}`
  return {
    identity: `channel ${channel} of ${label} (${name})`,
    paths: [],
    grant: {
      nodes: [],
      mounts: [{ source, target, readOnly: false }],
      told: { id, capability, driver: 'pwm', folder: target },
    },
  }
}

function findSensor(
  declaration: Of<'iio'> | Of<'hwmon'> | Of<'w1'>,
  hardware: readonly Hardware[],
): Found | Absent {
  const { id, capability, driver } = declaration
  const { match } = declaration
  const identity = Object.entries(match)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
  const picked = pickHardware(
    hardware,
    driver,
    (each) =>
      'id' in match
        ? each.name === match.id
        : isLabelled(each, match.name) &&
          isLabelled(each, match.label) &&
          (match.path === undefined || each.folder.includes(match.path)),
    identity,
  )
  if ('absence' in picked) return { identity, absence: picked.absence, paths: [] }
  const { hardware: sensor } = picked
  const channel = 'channel' in declaration ? declaration.channel : undefined
  if (channel !== undefined && !sensor.parts.includes(channel)) {
    const have = sensor.parts.length === 0 ? 'none' : sensor.parts.join(', ')
    return {
      identity,
      absence: `${sensor.label} (${sensor.name}) has no channel ${channel}; it has ${have}`,
      paths: [],
    }
  }
  return {
    identity: sensor.identity,
    paths: [],
    grant: sensorGrant({ id, capability, driver }, sensor, channel),
  }
}

/** Drivers of the device tree put the address behind the name: `dht11@4` is a `dht11`. */
function isLabelled({ label }: Hardware, wanted: string | undefined): boolean {
  return wanted === undefined || label === wanted || label.split('@', 1)[0] === wanted
}

/** Of a sensor that is read through its files. */
export function sensorGrant(
  { id, capability, driver }: { id: string; capability: string; driver: 'iio' | 'hwmon' | 'w1' },
  { folder }: Pick<Hardware, 'folder'>,
  channel: string | undefined,
): DeviceGrant {
  const target = `${grantedFolder}/${id}`
  return {
    nodes: [],
    mounts: [{ source: folder, target, readOnly: true }],
    told: { id, capability, driver, folder: target, ...(channel === undefined ? {} : { channel }) },
  }
}

async function findSimulated(declaration: Of<'simulated'>, view: KernelView): Promise<Found | Absent> {
  const { id, capability, board, device = id } = declaration
  const identity = `${device} of the simulated board ${board}`
  const source = `${boardsFolder}/${board}/${device}`
  if (!(await view.list(source)).includes('socket')) {
    const isThere = (await view.list(`${boardsFolder}/${board}`)).length > 0
    const absence = isThere
      ? `the simulated board ${board} shows no ${device}`
      : `the simulated board ${board} does not run here`
    return { identity, absence, paths: [] }
  }
  const target = `${grantedFolder}/${id}`
  return {
    identity,
    paths: [],
    grant: {
      nodes: [],
      mounts: [{ source, target, readOnly: false }],
      told: { id, capability, driver: 'simulated', socket: `${target}/socket` },
    },
  }
}

async function findNode(
  declaration: Of<'camera'> | Of<'serial'> | Of<'i2c'> | Of<'spi'> | Of<'device'>,
  hardware: readonly Hardware[],
  view: KernelView,
): Promise<Found | Absent> {
  const { id, capability, driver, path } = declaration
  const real = await view.resolve(path)
  const numbers = real === undefined ? undefined : await view.numbers(real)
  if (real === undefined || numbers === undefined) {
    const absence = real === undefined ? `there is no ${path}` : `${path} is no character device`
    return { identity: path, absence, paths: [path] }
  }
  const links = hardware.find(({ node }) => node?.path === real)?.links ?? []
  return {
    identity: path,
    paths: [...new Set([path, real, ...links])],
    grant: nodeGrant({ id, capability, driver }, { path: real, ...numbers, permissions: 'rw' }),
  }
}

/** Of a device that is its character device and nothing else. */
export function nodeGrant(
  {
    id,
    capability,
    driver,
  }: { id: string; capability: string; driver: Of<'device' | 'camera'>['driver'] | 'serial' | 'i2c' | 'spi' },
  node: DeviceNode,
): DeviceGrant {
  return { nodes: [node], mounts: [], told: { id, capability, driver, path: node.path } }
}
