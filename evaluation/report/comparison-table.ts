// What a claim was judged by, as a table.
import type { Judgement } from '../claims/claim.ts'
import { formatInterval, formatNumber } from './number-text.ts'
import type { TextTable } from './text-table.ts'

export function comparisonTable({ comparisons }: Judgement): TextTable {
  return {
    title: 'Comparisons',
    head: ['compared', 'effect', 'interval of the test', 'unit', 'n', 'verdict'],
    rows: comparisons.map(({ name, effect, effectUnit, verdict }) => [
      name,
      formatNumber(effect.value),
      formatInterval(effect),
      effectUnit,
      String(effect.count),
      verdict,
    ]),
  }
}
