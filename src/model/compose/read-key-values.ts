// Maps of the user's own keys, which Compose also takes as lists of `KEY=VALUE`.
import type { Findings, Place } from './findings.ts'
import type { Located } from './located.ts'
import { expected, readText } from './read-value.ts'

export interface KeyValue {
  readonly key: string
  /** Nothing where only the key was given. */
  readonly value: string | undefined
  readonly place: Place
}

/** A map, or a list of `KEY=VALUE` and `KEY`; numbers and booleans stay as they are spelled. */
export function readKeyValues(value: Located, findings: Findings): readonly KeyValue[] | undefined {
  if (value.kind === 'map')
    return [...value.entries].flatMap(([key, entry]) => pairOf(key, entry.value, findings))
  if (value.kind === 'list') {
    const pairs = value.items.flatMap((item) => pairOfText(item, findings))
    const seen = new Map<string, Place>()
    for (const { key, place } of pairs) {
      const first = seen.get(key)
      if (first !== undefined) {
        findings.problem(place, `${key} is written twice, first at ${first.line}:${first.column}`)
      }
      seen.set(key, place)
    }
    return pairs
  }
  return expected(value, findings, 'a map or a list of KEY=VALUE')
}

/** As {@link readKeyValues}, as a record; a key alone is an empty value. */
export function readRecord(value: Located, findings: Findings): Readonly<Record<string, string>> | undefined {
  const pairs = readKeyValues(value, findings)
  // fromEntries defines properties: a key `__proto__` is one like any other.
  return pairs === undefined
    ? undefined
    : Object.fromEntries(pairs.map(({ key, value: text = '' }) => [key, text]))
}

function pairOf(key: string, value: Located, findings: Findings): readonly KeyValue[] {
  if (value.kind !== 'scalar') {
    expected(value, findings, 'a string')
    return []
  }
  if (!isKey(key, value.place, findings)) return []
  return [{ key, value: value.value === null ? undefined : value.spelling, place: value.place }]
}

function pairOfText(item: Located, findings: Findings): readonly KeyValue[] {
  const text = readText(item, findings)
  if (text === undefined) return []
  const equals = text.indexOf('=')
  const key = equals < 0 ? text : text.slice(0, equals)
  if (!isKey(key, item.place, findings)) return []
  return [{ key, value: equals < 0 ? undefined : text.slice(equals + 1), place: item.place }]
}

function isKey(key: string, place: Place, findings: Findings): boolean {
  const wrong = key.trim() === '' || key.includes('=') || key.includes('\0')
  if (wrong) findings.problem(place, `expected a key before the value, got ${JSON.stringify(key)}`)
  return !wrong
}
