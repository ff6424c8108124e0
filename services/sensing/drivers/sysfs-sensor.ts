// A sensor of which the kernel gives the values as files: IIO, hwmon and 1-Wire differ in what the files are called and say.
import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError } from '../device-error.ts'
import type { Reading, SensorDriver } from '../driver.ts'
import { SysfsFolder } from './sysfs-folder.ts'

/** One value of a sensor. */
export interface Quantity {
  readonly name: string
  /** SenML's. */
  readonly unit: string
  readonly read: (folder: SysfsFolder) => Promise<number>
}

export interface SysfsSensorOptions {
  readonly folder: string
  /** What there is to read, from the names of the files; none where the sensor is of another kind. */
  readonly plan: (names: readonly string[]) => readonly Quantity[]
  /** What is missing where there is nothing to read, for people. */
  readonly wanted: string
  /** A reading whose checksum is wrong is made once more after so long. Default: it is not. */
  readonly retryAfterMs?: number
}

/** A file has no holder: that nobody else reads it is the claim's doing. */
export function sysfsSensor({ folder: path, plan, wanted, retryAfterMs }: SysfsSensorOptions): SensorDriver {
  return {
    open: async () => {
      const folder = new SysfsFolder(path)
      const quantities = plan(await folder.names())
      if (quantities.length === 0) throw new DeviceError('gone', `${path} has no ${wanted}`)
      let isClosed = false
      const readAll = async () => {
        const readings: Reading[] = []
        // One after the other: they share a wire.
        for (const { name, unit, read } of quantities) {
          readings.push({ name, unit, value: rounded(await read(folder)) })
        }
        return readings
      }
      return {
        tellsEdges: false,
        read: async () => {
          if (isClosed) throw new DeviceError('gone', 'the device has been closed')
          try {
            return await readAll()
          } catch (error) {
            if (
              retryAfterMs === undefined ||
              !(error instanceof DeviceError) ||
              error.trouble !== 'checksum'
            ) {
              throw error
            }
          }
          await delay(retryAfterMs)
          return await readAll()
        },
        close: async () => {
          isClosed = true
        },
        abandon: () => {},
      }
    },
  }
}

/** Nine digits are more than any of these sensors has; what scaling adds behind them is none of the value. */
function rounded(value: number): number {
  return Number(value.toPrecision(9))
}
