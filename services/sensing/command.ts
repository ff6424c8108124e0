// What a PUT asks of a device: on or off, and how; as text, JSON, CBOR or SenML.
import { decode } from 'cborg'
import { decode as decodeJson } from 'cborg/json'
import { ContentFormat } from '../../src/coap/content-format.ts'
import { nearestKey } from '../../src/model/problems.ts'
import type { ActuatorSetting } from './actuator.ts'
import { type Capability, capabilities } from './capability.ts'
import { namedSettings } from './senml-command.ts'

/** A payload that is no command. The message is the diagnostic payload of the 4.00 answer, and says where. */
export class BadCommand extends Error {
  constructor(where: string, reason: string) {
    super(`${where}: ${reason}`)
    this.name = 'BadCommand'
  }
}

export type Command = { readonly isOn: false } | ({ readonly isOn: true } & ActuatorSetting)

/** What a passive buzzer can be heard with: square waves of 2 to 5 kHz. */
const frequencyRangeHz = [2000, 5000] as const
/** From what can be seen and heard to a minute: a pulse ends by itself. */
const pulseRangeMs = [10, 60_000] as const

const defaults: ActuatorSetting = Object.freeze({
  tone: { frequencyHz: 2500, duty: 0.5 },
  pulseMs: 500,
  isSteady: false,
})

export const commandFormats: readonly number[] = [
  ContentFormat.TextPlain,
  ContentFormat.Json,
  ContentFormat.Cbor,
  ContentFormat.SenmlJson,
  ContentFormat.SenmlCbor,
]

/** @throws BadCommand */
export function parseCommand(payload: Uint8Array, contentFormat: number, capability: Capability): Command {
  switch (contentFormat) {
    case ContentFormat.Json:
      return fromSettings(syntax(payload, 'JSON'), capability)
    case ContentFormat.Cbor:
      return fromSettings(syntax(payload, 'CBOR'), capability)
    case ContentFormat.SenmlJson:
      return fromSettings(namedSettings(syntax(payload, 'JSON'), capability), capability)
    case ContentFormat.SenmlCbor:
      return fromSettings(namedSettings(syntax(payload, 'CBOR'), capability), capability)
    default:
      return fromText(payload)
  }
}

function fromText(payload: Uint8Array): Command {
  const text = Buffer.from(payload).toString('utf8')
  const word = text.trim().toLowerCase()
  if (word === 'on') return { isOn: true, ...defaults }
  if (word === 'off') return { isOn: false }
  const at = Buffer.byteLength(text.slice(0, text.length - text.trimStart().length))
  throw new BadCommand(`byte ${at}`, `expected on or off, got ${quote(text.trim())}`)
}

/** Maps become `Map`s: a key may be a number, and none has a meaning of its own. */
function syntax(payload: Uint8Array, language: 'JSON' | 'CBOR'): unknown {
  if (payload.length === 0) throw new BadCommand('byte 0', 'expected on or off, got nothing')
  try {
    return (language === 'JSON' ? decodeJson : decode)(payload, {
      useMaps: true,
      rejectDuplicateMapKeys: true,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CBOR decode error: ?/, '') : String(error)
    const at = /position (\d+)/.exec(reason)?.[1]
    throw new BadCommand(
      at === undefined ? `byte ${payload.length}` : `byte ${at}`,
      `not ${language}: ${reason.trim()}`,
    )
  }
}

function fromSettings(value: unknown, capability: Capability): Command {
  if (value === true || value === 'on') return { isOn: true, ...defaults }
  if (value === false || value === 'off') return { isOn: false }
  if (!(value instanceof Map))
    throw new BadCommand('the payload', `expected true, false or {"on": …}, got ${show(value)}`)
  const known = knownKeys(capability)
  for (const key of value.keys()) {
    if (typeof key === 'string' && known.includes(key)) continue
    const nearest = typeof key === 'string' ? nearestKey(key, known) : undefined
    const hint = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`
    throw new BadCommand(quote(String(key)), `a ${capability} has no such setting, ${hint}`)
  }
  const isOn = value.get('on')
  if (typeof isOn !== 'boolean') throw new BadCommand('on', `expected true or false, got ${show(isOn)}`)
  const frequencyHz = number(value, 'frequencyHz', frequencyRangeHz, 'Hz') ?? defaults.tone.frequencyHz
  const duty = number(value, 'duty', [0.01, 0.99], '') ?? defaults.tone.duty
  const pulseMs = number(value, 'pulseMs', pulseRangeMs, 'ms') ?? defaults.pulseMs
  const isSteady = value.get('steady') ?? false
  if (typeof isSteady !== 'boolean')
    throw new BadCommand('steady', `expected true or false, got ${show(isSteady)}`)
  return isOn ? { isOn, tone: { frequencyHz, duty }, pulseMs, isSteady } : { isOn }
}

function knownKeys(capability: Capability): readonly string[] {
  const { role } = capabilities[capability]
  if (role === 'sensor') return ['on']
  return role === 'switch' ? ['on', 'pulseMs', 'steady'] : ['on', 'pulseMs', 'steady', 'frequencyHz', 'duty']
}

function number(
  settings: ReadonlyMap<unknown, unknown>,
  key: string,
  [least, most]: readonly [number, number],
  unit: string,
): number | undefined {
  const value = settings.get(key)
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new BadCommand(key, `expected ${least} to ${most} ${unit}`.trimEnd().concat(`, got ${show(value)}`))
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value instanceof Map) return 'a map'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return 'bytes'
  return quote(String(value))
}

/** What a terminal can print, not too long. */
function quote(text: string): string {
  const printable = text.replaceAll(/[^\x20-\x7e\u00a0-\ufffc]/g, '?')
  return `'${printable.length > 24 ? `${printable.slice(0, 24)}…` : printable}'`
}
