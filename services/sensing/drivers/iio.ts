// Sensors of the kernel's Industrial I/O: DHT11, ambient light, and analogue modules at an ADC.
// Source: Documentation/ABI/testing/sysfs-bus-iio.
import type { Capability } from '../capability.ts'
import type { SensorDriver } from '../driver.ts'
import type { SysfsFolder } from './sysfs-folder.ts'
import { type Quantity, sysfsSensor } from './sysfs-sensor.ts'

interface Kind {
  readonly name: string
  readonly unit: string
  /** Of the kernel's unit in ours. */
  readonly factor: number
}

/** By the type of a channel: `in_TYPE…_input` is in the kernel's unit, `(raw + offset) · scale` too. */
const kinds: Readonly<Record<string, Kind>> = Object.freeze({
  humidityrelative: { name: 'humidity', unit: '%RH', factor: 0.001 },
  temp: { name: 'temperature', unit: 'Cel', factor: 0.001 },
  illuminance: { name: 'illuminance', unit: 'lx', factor: 1 },
  voltage: { name: 'voltage', unit: 'V', factor: 0.001 },
})

/** Where no channel is named: the first of these that there is; of humidity also the temperature beside it. */
const usual: Partial<Readonly<Record<Capability, readonly string[]>>> = Object.freeze({
  humidity: ['humidityrelative'],
  temperature: ['temp'],
  light: ['illuminance', 'voltage'],
  sound: ['voltage'],
  flame: ['voltage'],
})

/** The kernel asks a DHT11 once in two seconds at the most, and after a failure again at once: the sensor wants a second. */
const retryAfterMs = 1100

/** @param channel `voltage0`, as the kernel calls it, with or without `in_` */
export function iioSensor(folder: string, capability: Capability, channel: string | undefined): SensorDriver {
  const wanted = channel === undefined ? `channel for ${capability}` : `channel ${channel}`
  return sysfsSensor({
    folder,
    plan: (names) => planIio(names, capability, channel),
    wanted,
    ...(capability === 'humidity' ? { retryAfterMs } : {}),
  })
}

/** What there is to read of the channel, or of the usual one of the capability. */
export function planIio(
  names: readonly string[],
  capability: Capability,
  channel: string | undefined,
): readonly Quantity[] {
  if (channel !== undefined) return quantitiesOf(names, channel.replace(/^in_/, ''))
  const found = (usual[capability] ?? [])
    .map((type) => firstChannel(names, type))
    .find((each) => each !== undefined)
  if (found === undefined) return []
  const beside = capability === 'humidity' ? firstChannel(names, 'temp') : undefined
  return [...quantitiesOf(names, found), ...(beside === undefined ? [] : quantitiesOf(names, beside))]
}

/** `temp`, else `temp0`, `temp1` … */
function firstChannel(names: readonly string[], type: string): string | undefined {
  const pattern = new RegExp(`^in_(${type}\\d*)_(?:input|raw)$`)
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
}

function quantitiesOf(names: readonly string[], channel: string): readonly Quantity[] {
  const type = channel.replace(/\d.*$/, '')
  const kind = kinds[type]
  if (kind === undefined) return []
  const { name, unit, factor } = kind
  const input = `in_${channel}_input`
  if (names.includes(input))
    return [{ name, unit, read: async (folder) => (await folder.number(input)) * factor }]
  const raw = `in_${channel}_raw`
  if (!names.includes(raw)) return []
  /** Its own, or that of all channels of its type. */
  const companion = (what: string) =>
    [`in_${channel}_${what}`, `in_${type}_${what}`].find((each) => names.includes(each))
  const [scale, offset] = [companion('scale'), companion('offset')]
  const read = async (folder: SysfsFolder) => {
    const by = scale === undefined ? 1 : await folder.number(scale)
    const plus = offset === undefined ? 0 : await folder.number(offset)
    return ((await folder.number(raw)) + plus) * by * factor
  }
  return [{ name, unit, read }]
}
