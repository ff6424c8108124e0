// Bubble sort: neighbours in the wrong order swap places until none is left, O(n²); O(n) where the numbers are sorted.

/**
 * Ascending, in place. A generator, so that whoever drives it can stop between two passes: it yields the comparisons of each.
 * @returns `values`.
 */
export function* bubbleSort(values: Float64Array): Generator<number, Float64Array> {
  let unsorted = values.length
  while (unsorted > 1) {
    const lastSwap = bubble(values, unsorted)
    yield unsorted - 1
    unsorted = lastSwap
  }
  return values
}

/** One pass over the first `end` numbers. @returns where the last swap was: from there on all are in their place. */
function bubble(values: Float64Array, end: number): number {
  let lastSwap = 0
  for (let right = 1; right < end; right++) {
    const a = values[right - 1] as number
    const b = values[right] as number
    if (a > b) {
      values[right - 1] = b
      values[right] = a
      lastSwap = right
    }
  }
  return lastSwap
}
