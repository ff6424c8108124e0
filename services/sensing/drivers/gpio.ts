// A line of a GPIO chip, through libgpiod's tools: gpioset holds an output, gpiomon an input.
import { DeviceError } from '../device-error.ts'
import type { ActuatorDriver, SensorDriver } from '../driver.ts'
import { type GpioLine, getArgv, holdArgv, parseEdge, restArgv, watchArgv } from './gpio-arguments.ts'
import { GpioTools, type LineHolder } from './gpio-tools.ts'

/** A digital module, such as a flame or sound sensor with its comparator: the level is known from its edges. */
export function gpioSensor(line: GpioLine): SensorDriver {
  const tools = new GpioTools()
  return {
    open: async ({ onEdge, onLost }) => {
      const version = await tools.version()
      // Once it is watched it is held, and can be asked no more. What it does between the two is seen at its next edge.
      let isActive = (await tools.run(getArgv(version, line))) === '1'
      let lost: DeviceError | undefined
      const holder = await tools.hold(watchArgv(version, line), {
        onLine: (text) => {
          const edge = parseEdge(text)
          if (edge === undefined) return
          isActive = edge
          onEdge(edge, Date.now())
        },
        onEnd: (reason) => {
          lost = reason
          onLost(reason)
        },
      })
      return {
        tellsEdges: true,
        read: async () => {
          if (lost !== undefined) throw lost
          return [{ name: 'level', value: isActive }]
        },
        close: async () => {
          lost ??= new DeviceError('gone', 'the device has been closed')
          await holder.end()
        },
        abandon: () => holder.abandon(),
      }
    },
  }
}

/**
 * On or off. A line is driven by a process with one value; for another value another process takes its place. What a line that nobody
 * holds does is the chip's own affair: most fall back to inputs, some keep the last value, so that value is the one at rest.
 */
export function gpioSwitch(line: GpioLine): ActuatorDriver {
  const tools = new GpioTools()
  return {
    open: async ({ onLost }) => {
      const version = await tools.version()
      let isClosed = false
      let isActive = false
      let holder: LineHolder | undefined
      const take = async (value: boolean) => {
        const before = holder
        holder = undefined
        await before?.end()
        holder = await tools.hold(holdArgv(version, line, value), {
          onLine: () => {},
          onEnd: (reason) => {
            isClosed = true
            onLost(reason)
          },
        })
        isActive = value
      }
      await take(false)
      return {
        drive: async (output) => {
          if (isClosed) throw new DeviceError('gone', 'the device has been closed')
          if (output.isActive !== isActive || holder === undefined) await take(output.isActive)
        },
        close: async () => {
          if (isClosed) return
          isClosed = true
          await holder?.end()
          if (isActive) await tools.run(restArgv(version, line)).catch(() => {})
        },
        abandon: () => {
          holder?.abandon()
          // The line is free a moment after its holder was ended.
          for (let tries = 0; isActive && tries < 3; tries++) {
            if (tools.runAtOnce(restArgv(version, line))) return
          }
        },
      }
    },
  }
}
