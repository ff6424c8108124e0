// What a container is told of the devices that it may use: paths as they are inside of it. The same in pair and cluster mode.
import * as z from 'zod/mini'

/** Holds `GrantedDevice[]` as JSON. */
export const grantedDevicesVariable = 'SHOAL_DEVICES'

/** Where folders of devices, of sysfs or of a simulated board, are mounted in a container: one folder a device, by its id. */
export const grantedFolder = '/run/shoal/devices'

const common = { id: z.string(), capability: z.string() }
const folder = { folder: z.string(), channel: z.optional(z.string()) }

const schema = z.array(
  z.discriminatedUnion('driver', [
    z.object({
      ...common,
      driver: z.literal('gpio'),
      /** A character device. */
      chip: z.string(),
      /** Offset on the chip. */
      line: z.number(),
      activeLow: z.boolean(),
      bias: z.optional(z.enum(['pull-up', 'pull-down', 'disabled'])),
    }),
    /** The folder of one exported channel: `period`, `duty_cycle`, `enable`. */
    z.object({ ...common, driver: z.literal('pwm'), folder: z.string() }),
    z.object({ ...common, driver: z.enum(['iio', 'hwmon', 'w1']), ...folder }),
    z.object({
      ...common,
      driver: z.enum(['camera', 'serial', 'i2c', 'spi', 'device']),
      /** A character device. */
      path: z.string(),
    }),
    /** A Unix socket. */
    z.object({ ...common, driver: z.literal('simulated'), socket: z.string() }),
  ]),
)

export type GrantedDevice = z.infer<typeof schema>[number]

/** @returns undefined for a text that is no list of granted devices */
export function parseGrantedDevices(text: string): readonly GrantedDevice[] | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
