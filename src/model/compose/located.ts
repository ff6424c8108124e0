// Values of a YAML file that know where they stand.
import type { Place } from './findings.ts'

export type Located = LocatedScalar | LocatedList | LocatedMap

export interface LocatedScalar {
  readonly kind: 'scalar'
  readonly place: Place
  readonly value: string | number | boolean | null
  /** A string as it is after interpolation; anything else as the user spelled it (`1.10`, `0644`). */
  readonly spelling: string
}

export interface LocatedList {
  readonly kind: 'list'
  readonly place: Place
  readonly items: readonly Located[]
}

export interface LocatedMap {
  readonly kind: 'map'
  readonly place: Place
  readonly entries: ReadonlyMap<string, LocatedEntry>
}

export interface LocatedEntry {
  /** Where the key stands; its path is that of the value. */
  readonly key: Place
  readonly value: Located
}

/** `services.web`, `services.web.labels["com.example.note"]` */
export function pathOfKey(parent: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

export function pathOfItem(parent: string, index: number): string {
  return `${parent}[${index}]`
}

/** A value in words, for "expected …, got …". */
export function describeValue(value: Located): string {
  if (value.kind === 'list') return 'a list'
  if (value.kind === 'map') return 'a map'
  if (value.value === null) return 'nothing'
  if (typeof value.value === 'number') return `the number ${value.spelling}`
  if (typeof value.value === 'boolean') return value.spelling
  return JSON.stringify(value.value.length > 60 ? `${value.value.slice(0, 60)}…` : value.value)
}

/** Where a nested key stands, or the nearest map around it that the file has. */
export function placeOf(value: Located, ...keys: readonly string[]): Place {
  let place = value.place
  let current: Located | undefined = value
  for (const key of keys) {
    if (current?.kind !== 'map') break
    const entry: LocatedEntry | undefined = current.entries.get(key)
    if (entry === undefined) break
    place = entry.key
    current = entry.value
  }
  return place
}
