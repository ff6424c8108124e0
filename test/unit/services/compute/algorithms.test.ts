import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { average } from '../../../../services/compute/average.ts'
import { bubbleSort } from '../../../../services/compute/bubblesort.ts'
import { mergeSort } from '../../../../services/compute/mergesort.ts'

/** Runs a sort to its end. @returns the sorted numbers and the comparisons it took. */
function drive(steps: Generator<number, Float64Array>): { sorted: number[]; comparisons: number } {
  let comparisons = 0
  for (;;) {
    const step = steps.next()
    if (step.done === true) return { sorted: [...step.value], comparisons }
    comparisons += step.value
  }
}

const safeNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -20, max: 20 }),
  fc.double({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
)
const list = fc.array(safeNumber, { minLength: 1, maxLength: 300 })
const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b)

describe.each([
  ['mergesort', mergeSort],
  ['bubblesort', bubbleSort],
])('%s', (_, sort) => {
  it('sorts as Array.prototype.sort does', () => {
    fc.assert(
      fc.property(list, (values) => {
        // Signed zeros compare equal to each other in both.
        const { sorted } = drive(sort(Float64Array.from(values)))
        expect(sorted.map((value) => value + 0)).toEqual(ascending(values).map((value) => value + 0))
      }),
    )
  })

  it.each([1, 2, 3, 1000, 1023, 1024, 1025, 2000])('sorts %i numbers', (length) => {
    const values = Float64Array.from({ length }, (_, index) => (index * 7919) % 1009)
    expect(drive(sort(values.slice())).sorted).toEqual(ascending([...values]))
  })
})

describe('the work of the sorts', () => {
  const reversed = (length: number) => Float64Array.from({ length }, (_, index) => length - index)
  const sorted = (length: number) => Float64Array.from({ length }, (_, index) => index)

  it('is n log n comparisons at most for mergesort', () => {
    for (const values of [reversed(2048), sorted(2048)]) {
      const { comparisons } = drive(mergeSort(values))
      expect(comparisons).toBeLessThanOrEqual(2048 * 11)
      expect(comparisons).toBeGreaterThanOrEqual((2048 * 11) / 2)
    }
  })

  it('is n(n - 1)/2 comparisons for bubblesort of reversed numbers and n - 1 of sorted ones', () => {
    expect(drive(bubbleSort(reversed(2000))).comparisons).toBe((2000 * 1999) / 2)
    expect(drive(bubbleSort(sorted(2000))).comparisons).toBe(1999)
  })
})

/** A double as a fraction: numerator over 2^1074. Every finite double is one. */
function numerator(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n === 1n ? -magnitude : magnitude
}

/** The distance of `mean` from the exact mean, as a fraction of `scale`. */
function relativeError(values: readonly number[], mean: number, scale: bigint): number {
  const count = BigInt(values.length)
  const sum = values.reduce((total, value) => total + numerator(value), 0n)
  const difference = numerator(mean) * count - sum
  const magnitude = difference < 0n ? -difference : difference
  return scale === 0n ? Number(magnitude) : Number((magnitude << 80n) / (scale * count)) / 2 ** 80
}

describe('average', () => {
  it('of integers is the exact mean, rounded', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 300 }), (values) => {
        const mean = average(Float64Array.from(values))
        const exact = values.reduce((total, value) => total + BigInt(value), 0n)
        const size = numerator(mean) < 0n ? -numerator(mean) : numerator(mean)
        if (exact === 0n) expect(mean).toBe(0)
        else expect(relativeError(values, mean, size)).toBeLessThan(2 * Number.EPSILON)
      }),
    )
  })

  it('of any numbers is as near to the exact mean as the numbers themselves are written', () => {
    fc.assert(
      fc.property(list, (values) => {
        const mean = average(Float64Array.from(values))
        const largest = Math.max(...values.map(Math.abs))
        expect(relativeError(values, mean, numerator(largest))).toBeLessThan(2 * Number.EPSILON)
      }),
    )
  })

  it('keeps what a plain sum rounds away', () => {
    const large = Number.MAX_SAFE_INTEGER
    const values = Float64Array.of(large, large, large, 0.25, -large, -large, -large, 0.25)
    expect(average(values)).toBe(0.0625)
  })

  it('of a million numbers at the end of the safe range is that number', () => {
    const values = new Float64Array(2 ** 20).fill(Number.MAX_SAFE_INTEGER)
    expect(average(values)).toBe(Number.MAX_SAFE_INTEGER)
  })
})
