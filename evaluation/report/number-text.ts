// How a number is printed in a report: short enough to read, exact enough to compare.
import type { Estimate } from '../statistics.ts'

/** Three significant digits or more, no exponent between 0.0001 and a billion: `0.0123`, `4.57`, `1,235`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1e-4 || size >= 1e9) return value.toExponential(2)
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)))
  const [whole = '', fraction] = value.toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (fraction === undefined ? grouped : `${grouped}.${fraction}`).replace('-', '−')
}

/** A count as it is: `16`; anything else as `formatNumber` has it. */
export function formatWhole(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString('en-US') : formatNumber(value)
}

/** `3.1 to 4.2`; an open end is `at least 3.1` or `at most 4.2`. */
export function formatInterval({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  if (Number.isFinite(low) && !Number.isFinite(high)) return `at least ${formatNumber(low)}`
  if (Number.isFinite(high) && !Number.isFinite(low)) return `at most ${formatNumber(high)}`
  return `${formatNumber(low)} to ${formatNumber(high)}`
}

/** Six significant digits: more is noise of the clock, and bytes in a file. Whole numbers stay. */
export function roundForFile(value: number): number {
  return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `1 value`, `10 values`, `8 to 10 values` */
export function formatCount(counts: readonly number[], one: string, many = `${one}s`): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)]
  if (counts.length === 0) return `0 ${many}`
  return low === high ? `${low} ${low === 1 ? one : many}` : `${low} to ${high} ${many}`
}
