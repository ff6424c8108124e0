// Whether anything could have come or gone since the last look: a few listings, where the whole look reads every file.
import type { DeviceDeclaration } from '../model/devices/declaration.ts'
import type { KernelView } from './kernel-view.ts'
import { boardsFolder } from './resolve-device.ts'

const folders = [
  '/sys/bus/gpio/devices',
  '/sys/class/pwm',
  '/sys/bus/iio/devices',
  '/sys/class/hwmon',
  '/sys/bus/w1/devices',
  '/sys/class/video4linux',
  '/sys/class/i2c-dev',
  '/sys/class/spidev',
  '/dev/v4l/by-id',
  '/dev/serial/by-id',
]

/** Equal marks: the inventory is as it was. */
export async function presenceMark(
  view: KernelView,
  declarations: readonly DeviceDeclaration[],
): Promise<string> {
  const listed = await Promise.all(folders.map((folder) => view.list(folder)))
  const declared = await Promise.all(
    declarations.map(async (declaration) => {
      if (declaration.driver === 'simulated') {
        const { board, device = declaration.id } = declaration
        return (await view.list(`${boardsFolder}/${board}/${device}`)).join()
      }
      if (!('path' in declaration)) return ''
      const numbers = await view.numbers(declaration.path)
      return numbers === undefined ? '' : `${numbers.major}:${numbers.minor}`
    }),
  )
  return JSON.stringify([listed, declared])
}
