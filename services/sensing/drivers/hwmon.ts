// Sensors of the kernel's hardware monitoring: temperature and humidity, in thousandths.
// Source: Documentation/hwmon/sysfs-interface.rst.
import type { Capability } from '../capability.ts'
import type { SensorDriver } from '../driver.ts'
import { type Quantity, sysfsSensor } from './sysfs-sensor.ts'

const kinds: Readonly<Record<string, { readonly name: string; readonly unit: string }>> = Object.freeze({
  humidity: { name: 'humidity', unit: '%RH' },
  temp: { name: 'temperature', unit: 'Cel' },
})

/** @param channel `temp1`, as the kernel calls it */
export function hwmonSensor(
  folder: string,
  capability: Capability,
  channel: string | undefined,
): SensorDriver | undefined {
  if (capability !== 'humidity' && capability !== 'temperature') return undefined
  const wanted = channel === undefined ? `channel for ${capability}` : `channel ${channel}`
  return sysfsSensor({ folder, plan: (names) => planHwmon(names, capability, channel), wanted })
}

/** The channel, or the first of the capability; of humidity also the temperature beside it. */
export function planHwmon(
  names: readonly string[],
  capability: 'humidity' | 'temperature',
  channel: string | undefined,
): readonly Quantity[] {
  const wanted =
    channel === undefined
      ? { humidity: ['humidity1', 'temp1'], temperature: ['temp1'] }[capability]
      : [channel]
  const found = wanted.filter((each) => names.includes(`${each}_input`))
  if (found[0] !== wanted[0]) return []
  return found.flatMap((each) => {
    const kind = kinds[each.replace(/\d+$/, '')]
    return kind === undefined
      ? []
      : [{ ...kind, read: async (folder) => (await folder.number(`${each}_input`)) * 0.001 }]
  })
}
