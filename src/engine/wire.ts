// Readers for the Engine's answers: each takes what is there, and the neutral value where a field is missing or of another type.

export type WireRecord = Readonly<Record<string, unknown>>

export function asRecord(value: unknown): WireRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireRecord) : {}
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

/** A map of text to text; other values are left out. */
export function asTextMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

/** `2024-02-03T04:05:06.789012345Z` as milliseconds since 1970; 0 for what is no time, or the year 1 that Go writes for none. */
export function asTimeMs(value: unknown): number {
  const timeMs = Date.parse(asText(value))
  return Number.isNaN(timeMs) || timeMs < 0 ? 0 : timeMs
}

/** `{"Index": 12}`: the version of a Swarm record, which a change to it has to name. */
export function asVersion(value: unknown): number {
  return asNumber(asRecord(value).Index)
}
