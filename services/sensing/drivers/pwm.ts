// A square wave from a channel of the kernel's PWM, whose folder is exported to us.
// Source: Documentation/ABI/testing/sysfs-class-pwm.
import { DeviceError } from '../device-error.ts'
import type { ActuatorDriver } from '../driver.ts'
import { SysfsFolder } from './sysfs-folder.ts'

const nanosecondsPerSecond = 1_000_000_000

/**
 * The kernel does not end a wave with the process that wanted it: whoever opens the channel finds it at rest all the same, and `abandon`
 * ends the wave as long as the process can do anything. After a kill it goes on until the channel is opened again, or unexported.
 */
export function pwmTone(path: string): ActuatorDriver {
  return {
    open: async () => {
      const folder = new SysfsFolder(path)
      await rest(folder)
      let isClosed = false
      return {
        drive: async ({ isActive, tone }) => {
          if (isClosed) throw new DeviceError('gone', 'the device has been closed')
          if (!isActive) return await rest(folder)
          const periodNs = Math.round(nanosecondsPerSecond / tone.frequencyHz)
          // A period below the duty cycle is refused, in between too.
          if ((await folder.number('period')) !== 0) await folder.write('duty_cycle', 0)
          await folder.write('period', periodNs)
          await folder.write('duty_cycle', Math.round(periodNs * tone.duty))
          await folder.write('enable', 1)
        },
        close: async () => {
          if (isClosed) return
          isClosed = true
          await rest(folder).catch(() => {})
        },
        abandon: () => {
          folder.writeAtOnce('duty_cycle', 0)
          folder.writeAtOnce('enable', 0)
        },
      }
    },
  }
}

/** The level of a channel that is not enabled is the hardware's own affair: its last one should be low. */
async function rest(folder: SysfsFolder): Promise<void> {
  // Before it has a period it takes nothing, not even that it is to be off, which it is.
  if ((await folder.number('period')) === 0) return
  await folder.write('duty_cycle', 0)
  await folder.write('enable', 0)
}
