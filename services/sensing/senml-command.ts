// A command as SenML (RFC 8428): what it names becomes the settings of a command.
import type { Capability } from './capability.ts'

/** SenML's names, in its base units, and the settings that they are. */
const named: Readonly<Record<string, { readonly key: string; readonly factor: number }>> = Object.freeze({
  frequency: { key: 'frequencyHz', factor: 1 },
  duty: { key: 'duty', factor: 1 },
  pulse: { key: 'pulseMs', factor: 1000 },
})

/**
 * `[{"n": "passive-buzzer", "vb": true}, {"n": "frequency", "u": "Hz", "v": 3000}]`: the record without a name, or named for the capability,
 * says on or off. Names may have a base name before them. What is no list of records is returned as it is, for its refusal.
 * @param records maps, with the labels of JSON or of CBOR
 */
export function namedSettings(records: unknown, capability: Capability): unknown {
  if (!Array.isArray(records) || records.length === 0) return records
  const settings = new Map<unknown, unknown>()
  let base = ''
  for (const record of records) {
    if (!(record instanceof Map)) return records
    const field = (name: string, label: number): unknown => record.get(name) ?? record.get(label)
    base = textOr(field('bn', -2), base)
    const name = `${base}${textOr(field('n', 0), '')}`.split('/').at(-1) ?? ''
    const value = field('vb', 4) ?? field('v', 2) ?? field('vs', 3)
    const setting = named[name]
    if (setting !== undefined)
      settings.set(setting.key, typeof value === 'number' ? value * setting.factor : value)
    else settings.set(name === '' || name === capability ? 'on' : name, value)
  }
  return settings
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
