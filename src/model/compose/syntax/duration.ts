// Durations as Compose writes them: `10s`, `1m30s`, `2h32m`, `500ms`.

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Milliseconds of a duration; nothing when the text is none.
 * @see Compose specification, "Specifying durations": us, ms, s, m, h, in any number, without space between them
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN)
  }
  return Number.isFinite(total) ? total : undefined
}
