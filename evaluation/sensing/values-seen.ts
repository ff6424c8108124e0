// What was read, in a few words: the range of what is measured, the counts of what is on or off.

interface SenmlRecord {
  readonly n?: string
  readonly u?: string
  readonly v?: number
  readonly vb?: boolean
}

/** @param payloads SenML in JSON (RFC 8428), as the sensing service answers; what is none counts as unreadable */
export function summarizeValues(payloads: readonly string[]): string {
  const numbers = new Map<string, number[]>()
  const levels = new Map<string, Map<boolean, number>>()
  let unreadable = 0
  for (const payload of payloads) {
    const records = parseSenml(payload)
    if (records === undefined) unreadable += 1
    for (const { n = 'value', u = '', v, vb } of records ?? []) {
      if (vb !== undefined) {
        const counts = levels.get(n) ?? new Map<boolean, number>()
        levels.set(n, counts.set(vb, (counts.get(vb) ?? 0) + 1))
      } else if (v !== undefined) {
        const key = `${n}\n${u}`
        numbers.set(key, [...(numbers.get(key) ?? []), v])
      }
    }
  }
  return [
    ...[...levels].map(
      ([name, counts]) =>
        `${name} ${[...counts].map(([level, count]) => `${count} × ${level ? 'true' : 'false'}`).join(', ')}`,
    ),
    ...[...numbers].map(([key, values]) => {
      const [name = '', unit = ''] = key.split('\n')
      const [low, high] = [Math.min(...values), Math.max(...values)]
      return `${name} ${low === high ? low : `${low} to ${high}`} ${unit}`.trim()
    }),
    ...(unreadable === 0 ? [] : [`${unreadable} unreadable`]),
  ].join('; ')
}

function parseSenml(payload: string): readonly SenmlRecord[] | undefined {
  try {
    const value: unknown = JSON.parse(payload)
    return Array.isArray(value) ? (value as readonly SenmlRecord[]) : undefined
  } catch {
    return undefined
  }
}
