// Values far beyond the rest, as a request that was sent again after seconds among those of milliseconds: they must not hide the others, nor be hidden.
import { median, sortSamples } from '../samples.ts'
import type { BarsPanel, StackPanel } from './figure.ts'
import { formatNumber } from './number-text.ts'

/** Of the greatest value to the median. */
const longTail = 20

export function hasLongTail(values: readonly number[]): boolean {
  if (values.length === 0) return false
  const samples = sortSamples(values)
  const [least = 0, greatest = 0] = [samples[0], samples.at(-1)]
  return least > 0 && greatest > longTail * median(samples)
}

/** Where the axis of bars ends that a long tail would press to the ground: a third above the highest of them. Undefined where all of it is shown. */
export function axisEnd({ bars }: Pick<BarsPanel | StackPanel, 'bars'>): number | undefined {
  const values = valuesOf({ bars })
  if (!hasLongTail(values)) return undefined
  const heights = bars.map(({ estimate, values: [first = 0] }) => estimate?.value ?? first)
  const end = (Math.max(...heights) * 4) / 3
  return values.some((value) => value > end) ? end : undefined
}

/** What is not seen for the end of the axis: ` · 2 beyond the axis, up to 2,431 ms`. */
export function beyondText({ bars, y }: Pick<BarsPanel | StackPanel, 'bars' | 'y'>): string {
  const end = axisEnd({ bars })
  if (end === undefined) return ''
  const beyond = valuesOf({ bars }).filter((value) => value > end)
  return ` · ${beyond.length} beyond the axis, up to ${formatNumber(Math.max(...beyond))} ${y.unit}`
}

function valuesOf({ bars }: Pick<BarsPanel | StackPanel, 'bars'>): readonly number[] {
  return bars.flatMap(({ values }) => values)
}
