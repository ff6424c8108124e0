// Thermometers on a 1-Wire bus (DS18B20 and its family). Source: Documentation/w1/slaves/w1_therm.rst.
import type { Capability } from '../capability.ts'
import { DeviceError } from '../device-error.ts'
import type { SensorDriver } from '../driver.ts'
import { type Quantity, sysfsSensor } from './sysfs-sensor.ts'

/** A thermometer: it gives no other capability. */
export function w1Sensor(folder: string, capability: Capability): SensorDriver | undefined {
  if (capability !== 'temperature') return undefined
  return sysfsSensor({ folder, plan: planW1, wanted: 'thermometer' })
}

/** `temperature` since Linux 5.8; `w1_slave`, with the bytes of the answer, for ever. */
export function planW1(names: readonly string[]): readonly Quantity[] {
  const quantity = { name: 'temperature', unit: 'Cel' }
  if (names.includes('temperature')) {
    return [{ ...quantity, read: async (folder) => (await folder.number('temperature')) * 0.001 }]
  }
  if (!names.includes('w1_slave')) return []
  return [{ ...quantity, read: async (folder) => parseW1Slave(await folder.text('w1_slave')) * 0.001 }]
}

/** Thousandths of a degree. @throws DeviceError `checksum` */
export function parseW1Slave(text: string): number {
  const thousandths = /\bt=(-?\d+)/.exec(text)?.[1]
  if (!/crc=\w+ YES/.test(text)) throw new DeviceError('checksum', 'the thermometer’s checksum is wrong')
  if (thousandths === undefined) throw new DeviceError('failed', 'the thermometer says no temperature')
  return Number(thousandths)
}
