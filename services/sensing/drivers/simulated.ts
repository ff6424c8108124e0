// Devices of a simulated board: the connection is the hold on the device, its end puts an actuator to rest.
import type { Capability } from '../capability.ts'
import { DeviceError } from '../device-error.ts'
import type { ActuatorDriver, DeviceEvents, HeldSensor, Reading, SensorDriver } from '../driver.ts'
import { BoardConnection } from './board-connection.ts'

/** Digital modules have a line; the others are asked for their values. */
const digital: readonly Capability[] = ['sound', 'flame']

export function simulatedSensor(socket: string, capability: Capability): SensorDriver {
  const isDigital = digital.includes(capability)
  return {
    open: async ({ onEdge, onLost }: DeviceEvents): Promise<HeldSensor> => {
      const connection = await connect(socket, isDigital ? 'input' : 'sensor', {
        onEvent: ({ event, value, atMs }) => {
          if (event === 'edge') onEdge(value === 1, typeof atMs === 'number' ? atMs : Date.now())
        },
        onEnd: onLost,
      })
      try {
        if (isDigital) await connection.ask({ op: 'watch' })
      } catch (error) {
        await connection.close()
        throw error
      }
      return {
        tellsEdges: isDigital,
        read: async () => parseReadings((await connection.ask({ op: 'read' })).readings),
        close: () => connection.close(),
        abandon: () => connection.abandon(),
      }
    },
  }
}

/** On or off. */
export function simulatedSwitch(socket: string): ActuatorDriver {
  return {
    open: async ({ onLost }) => {
      const connection = await connect(socket, 'output', { onEvent: () => {}, onEnd: onLost })
      return {
        drive: async ({ isActive }) => void (await connection.ask({ op: 'write', value: isActive ? 1 : 0 })),
        close: () => connection.close(),
        abandon: () => connection.abandon(),
      }
    },
  }
}

/** A square wave. */
export function simulatedTone(socket: string): ActuatorDriver {
  return {
    open: async ({ onLost }) => {
      const connection = await connect(socket, 'pwm', { onEvent: () => {}, onEnd: onLost })
      return {
        drive: async ({ isActive, tone: { frequencyHz, duty } }) =>
          void (await connection.ask({ op: 'pwm', frequencyHz, duty: isActive ? duty : 0 })),
        close: () => connection.close(),
        abandon: () => connection.abandon(),
      }
    },
  }
}

async function connect(
  socket: string,
  as: 'output' | 'input' | 'pwm' | 'sensor',
  events: Parameters<typeof BoardConnection.connect>[1],
): Promise<BoardConnection> {
  const connection = await BoardConnection.connect(socket, events)
  try {
    await connection.ask({ op: 'open', as })
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** A level is that of a line, on or off; anything else is a number. */
function parseReadings(readings: unknown): readonly Reading[] {
  if (!Array.isArray(readings) || readings.length === 0) throw noReadings()
  return readings.map((reading: { name?: unknown; unit?: unknown; value?: unknown } | null) => {
    const { name, unit, value } = reading ?? {}
    if (typeof name !== 'string' || typeof value !== 'number') throw noReadings()
    if (name === 'level') return { name, value: value === 1 }
    return typeof unit === 'string' ? { name, unit, value } : { name, value }
  })
}

function noReadings(): DeviceError {
  return new DeviceError('failed', 'the simulated board gives what is no reading')
}
