// A device as its part of the script was read, to what it is and what happens to it: the properties of real parts stand here.
import type { Level } from '../kinds.ts'
import type { DeviceScript, FailureWindow, Quantity, World } from './board-script.ts'
import type { ReadDevice } from './device-schema.ts'
import { asCurve, asWindow, type ReadCurve } from './pieces.ts'

type Limits = Pick<Quantity, 'name' | 'unit' | 'resolution' | 'min' | 'max'>

const humidityName = { name: 'humidity', unit: '%RH' }
const temperatureName = { name: 'temperature', unit: 'Cel' }

/** Data sheets of Aosong: what each resolves, where each ends, how often it measures. */
const humiditySensors = {
  dht11: {
    sampleS: 1,
    humidity: { ...humidityName, resolution: 1, min: 20, max: 90 },
    temperature: { ...temperatureName, resolution: 1, min: 0, max: 50 },
  },
  dht22: {
    sampleS: 2,
    humidity: { ...humidityName, resolution: 0.1, min: 0, max: 100 },
    temperature: { ...temperatureName, resolution: 0.1, min: -40, max: 80 },
  },
} as const

/** Start signal, answer and 40 bits of a DHT. */
const dhtReadMs = 24
const usualTemperature = 21
const usualSoundChangesHz = 40
const lightLimits: Limits = { name: 'illuminance', unit: 'lx', resolution: 1, min: 0, max: 200_000 }
/** An analogue channel is converted about a hundred times a second. */
const lightSampleS = 0.01

export function asDevice(name: string, read: ReadDevice, startsAtS: number): DeviceScript {
  const stuck = 'stuck' in read ? (read.stuck ?? []) : []
  const fails = 'fails' in read ? (read.fails ?? []) : []
  return {
    name,
    kind: read.kind,
    unplugged: (read.unplugged ?? []).map(asWindow),
    fails: fails.map((one): FailureWindow => ({ ...asWindow(one), error: one.error, share: one.share })),
    stuck: stuck.map((one) => ({
      ...asWindow(one),
      value: 'value' in one ? (one.value as Level | undefined) : undefined,
    })),
    world: worldOf(read, startsAtS),
  }
}

function worldOf(read: ReadDevice, startsAtS: number): World {
  if (read.kind === 'flame') return { of: 'flame', flames: (read.flames ?? []).map(asWindow) }
  if (read.kind === 'sound') {
    const { randomBursts } = read
    const random =
      randomBursts === undefined
        ? undefined
        : { perMinute: randomBursts.perMinute, lastsS: randomBursts.lasts }
    const changesHz = read.changesHz ?? usualSoundChangesHz
    return { of: 'sound', sound: { bursts: (read.bursts ?? []).map(asWindow), random, changesHz } }
  }
  if (read.kind === 'light') {
    const quantities = [asQuantity(lightLimits, read.illuminance, startsAtS)]
    return { of: 'sensor', quantities, readMs: read.readMs ?? 0, sampleS: lightSampleS }
  }
  if (read.kind === 'humidity') {
    const { sampleS, humidity, temperature } = humiditySensors[read.sensor ?? 'dht11']
    const quantities = [
      asQuantity(humidity, read.humidity, startsAtS),
      asQuantity(temperature, read.temperature ?? usualTemperature, startsAtS),
    ]
    return { of: 'sensor', quantities, readMs: read.readMs ?? dhtReadMs, sampleS }
  }
  return { of: 'actuator' }
}

function asQuantity(limits: Limits, read: ReadCurve, startsAtS: number): Quantity {
  const own = typeof read === 'number' ? {} : read
  const { noise = 0, resolution = limits.resolution } = own
  return { ...limits, curve: asCurve(read, startsAtS), noise, resolution }
}
