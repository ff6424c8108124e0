// The capabilities that this service gives, each a CoAP resource.

export type Capability =
  | 'laser'
  | 'active-buzzer'
  | 'passive-buzzer'
  | 'sound'
  | 'light'
  | 'flame'
  | 'humidity'
  | 'temperature'

interface CapabilityFacts {
  readonly role: 'sensor' | 'switch' | 'tone'
  readonly title: string
  /** How often a sensor that does not tell of changes is read while it is observed. A DHT11 gives one reading a second, its kernel driver one in two. */
  readonly samplePeriodMs?: number
  /** How long a digital sensor counts as active after the last edge: a clap is over before anybody could ask for it. */
  readonly holdMs?: number
}

export const capabilities: Readonly<Record<Capability, CapabilityFacts>> = Object.freeze({
  laser: { role: 'switch', title: 'Laser emitter' },
  'active-buzzer': { role: 'switch', title: 'Active buzzer' },
  'passive-buzzer': { role: 'tone', title: 'Passive buzzer, a square wave' },
  sound: { role: 'sensor', title: 'Sound', samplePeriodMs: 250, holdMs: 500 },
  light: { role: 'sensor', title: 'Light', samplePeriodMs: 1000 },
  flame: { role: 'sensor', title: 'Flame', samplePeriodMs: 250 },
  humidity: { role: 'sensor', title: 'Humidity of the air, and its temperature', samplePeriodMs: 2000 },
  temperature: { role: 'sensor', title: 'Temperature', samplePeriodMs: 2000 },
})

export function isCapability(text: string): text is Capability {
  return Object.hasOwn(capabilities, text)
}
