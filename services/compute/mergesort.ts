// Merge sort, bottom up: sorted runs of 1, 2, 4 … numbers are merged in pairs, O(n log n).

/**
 * Ascending. A generator, so that whoever drives it can stop between two passes: it yields the comparisons of each pass.
 * @param values is overwritten.
 * @returns the sorted numbers, in `values` or in a buffer of the same size.
 */
export function* mergeSort(values: Float64Array): Generator<number, Float64Array> {
  const { length } = values
  let from = values
  let to: Float64Array = new Float64Array(length)
  for (let width = 1; width < length; width *= 2) {
    let comparisons = 0
    for (let start = 0; start < length; start += 2 * width) {
      comparisons += merge(
        from,
        to,
        start,
        Math.min(start + width, length),
        Math.min(start + 2 * width, length),
      )
    }
    ;[from, to] = [to, from]
    yield comparisons
  }
  return from
}

/** Merges the sorted runs [start, middle) and [middle, end). @returns the number of comparisons. */
function merge(from: Float64Array, to: Float64Array, start: number, middle: number, end: number): number {
  let left = start
  let right = middle
  let out = start
  while (left < middle && right < end) {
    const a = from[left] as number
    const b = from[right] as number
    if (a <= b) {
      to[out++] = a
      left++
    } else {
      to[out++] = b
      right++
    }
  }
  const comparisons = out - start
  while (left < middle) to[out++] = from[left++] as number
  while (right < end) to[out++] = from[right++] as number
  return comparisons
}
