// What the kernel shows that could be a device: chips, buses, cameras, sensors, each by what tells it after any boot.
import type { DeviceNumbers, KernelView } from './kernel-view.ts'

export type HardwareKind =
  | 'gpiochip'
  | 'pwmchip'
  | 'iio'
  | 'hwmon'
  | 'w1'
  | 'camera'
  | 'serial'
  | 'i2c'
  | 'spi'

export interface Hardware {
  readonly kind: HardwareKind
  /** The kernel's name of it since this boot: `gpiochip0`, `iio:device1`, `video0`. */
  readonly name: string
  /** What the driver calls it: `dht11`, `pinctrl-bcm2711`, `USB Camera`; empty where it says nothing. */
  readonly label: string
  /** Its folder below /sys/devices: which plug or which address it is at. */
  readonly folder: string
  /** The most telling of its links in /dev (`/dev/v4l/by-id/…`), else its label and its place. */
  readonly identity: string
  /** Undefined where it is used through sysfs alone. */
  readonly node: ({ readonly path: string } & DeviceNumbers) | undefined
  /** Links in /dev that lead to the node. */
  readonly links: readonly string[]
  /** What it has: channels of a sensor (`humidityrelative`, `voltage0`), names of a chip's lines by offset. */
  readonly parts: readonly string[]
}

export async function lookAtHardware(view: KernelView): Promise<readonly Hardware[]> {
  const links = await readLinks(view)
  const found = await Promise.all([
    classOf(view, links, 'gpiochip', '/sys/bus/gpio/devices', /^gpiochip\d+$/),
    classOf(view, links, 'pwmchip', '/sys/class/pwm', /^pwmchip\d+$/),
    classOf(view, links, 'iio', '/sys/bus/iio/devices', /^iio:device\d+$/),
    classOf(view, links, 'hwmon', '/sys/class/hwmon', /^hwmon\d+$/),
    classOf(view, links, 'w1', '/sys/bus/w1/devices', /^[0-9a-f]{2}-[0-9a-f]+$/),
    classOf(view, links, 'camera', '/sys/class/video4linux', /^video\d+$/),
    classOf(view, links, 'serial', '/sys/class/tty', /^tty(USB|ACM|AMA|THS|mxc|O)\d+$/),
    classOf(view, links, 'i2c', '/sys/class/i2c-dev', /^i2c-\d+$/),
    classOf(view, links, 'spi', '/sys/class/spidev', /^spidev\d+\.\d+$/),
  ])
  return found.flat()
}

async function classOf(
  view: KernelView,
  links: ReadonlyMap<string, readonly string[]>,
  kind: HardwareKind,
  classFolder: string,
  pattern: RegExp,
): Promise<Hardware[]> {
  const names = (await view.list(classFolder)).filter((name) => pattern.test(name))
  const found = await Promise.all(
    names.map(async (name): Promise<Hardware | undefined> => {
      const folder = await view.resolve(`${classFolder}/${name}`)
      if (folder === undefined) return undefined
      // A camera has further nodes for what belongs to its pictures.
      if (kind === 'camera' && ((await view.read(`${folder}/index`)) ?? '0') !== '0') return undefined
      const path = `/dev/${name}`
      const numbers = await view.numbers(path)
      const [label, parts] = await Promise.all([labelOf(view, kind, folder), partsOf(view, kind, folder)])
      const ownLinks = links.get(path) ?? []
      return {
        kind,
        name,
        label,
        folder,
        identity: ownLinks[0] ?? `${label === '' ? kind : label} at ${placeOf(folder)}`,
        node: numbers === undefined ? undefined : { path, ...numbers },
        links: ownLinks,
        parts,
      }
    }),
  )
  return found.filter((each) => each !== undefined)
}

/** `platform/soc/fe200000.gpio` of `/sys/devices/platform/soc/fe200000.gpio/gpiochip0`: without the number that a boot gives. */
function placeOf(folder: string): string {
  return folder
    .replace(/^\/sys\/devices\//, '')
    .split('/')
    .filter(
      (part) => !/^(gpiochip|pwmchip|iio:device|hwmon|video|i2c-dev|pwm|video4linux|tty)\d*$/.test(part),
    )
    .join('/')
}

async function labelOf(view: KernelView, kind: HardwareKind, folder: string): Promise<string> {
  if (kind === 'gpiochip') return await chipLabel(view, folder)
  if (kind === 'pwmchip') return lastPart(await view.resolve(`${folder}/device`)) || lastPlace(folder)
  return (await view.read(`${folder}/name`)) ?? (await view.read(`${folder}/label`)) ?? ''
}

/**
 * The label of the chip's own request is behind a call of the character device; sysfs shows it where the kernel has the old interface too, and
 * the hardware's folder says the same elsewhere.
 */
async function chipLabel(view: KernelView, folder: string): Promise<string> {
  const parent = folder.slice(0, folder.lastIndexOf('/'))
  for (const name of await view.list('/sys/class/gpio')) {
    if (!/^gpiochip\d+$/.test(name)) continue
    const device = await view.resolve(`/sys/class/gpio/${name}/device`)
    if (device !== folder && device !== parent) continue
    const label = await view.read(`/sys/class/gpio/${name}/label`)
    if (label !== undefined) return label
  }
  return lastPart(parent)
}

async function partsOf(view: KernelView, kind: HardwareKind, folder: string): Promise<readonly string[]> {
  if (kind === 'gpiochip') return await lineNames(view, folder)
  if (kind === 'pwmchip') {
    const count = Number((await view.read(`${folder}/npwm`)) ?? 0)
    return Array.from({ length: Math.min(Number.isInteger(count) ? count : 0, 64) }, (_, index) =>
      String(index),
    )
  }
  if (kind !== 'iio' && kind !== 'hwmon') return []
  const inputs = (await view.list(folder)).flatMap((name) => {
    const [, channel] = (kind === 'iio' ? /^in_(.+?)_(?:input|raw)$/ : /^([a-z]+\d+)_input$/).exec(name) ?? []
    return channel === undefined ? [] : [channel]
  })
  return [...new Set(inputs)]
}

/** From the device tree, which lists them for the boards that print names on their pins. */
async function lineNames(view: KernelView, folder: string): Promise<readonly string[]> {
  const parent = folder.slice(0, folder.lastIndexOf('/'))
  for (const node of [`${folder}/of_node`, `${parent}/of_node`]) {
    const names = await view.read(`${node}/gpio-line-names`)
    if (names !== undefined) return names.replace(/\0$/, '').split('\0')
  }
  return []
}

const linkFolders = ['/dev/v4l/by-id', '/dev/v4l/by-path', '/dev/serial/by-id', '/dev/serial/by-path']

/** Node to the links that lead there, the most telling first. */
async function readLinks(view: KernelView): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = new Map<string, string[]>()
  for (const folder of linkFolders) {
    for (const name of await view.list(folder)) {
      const target = await view.resolve(`${folder}/${name}`)
      if (target === undefined) continue
      links.set(target, [...(links.get(target) ?? []), `${folder}/${name}`])
    }
  }
  return links
}

function lastPart(path: string | undefined): string {
  return path?.slice(path.lastIndexOf('/') + 1) ?? ''
}

function lastPlace(folder: string): string {
  return lastPart(placeOf(folder))
}
