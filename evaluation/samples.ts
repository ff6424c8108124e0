// Samples in order, and the one percentile function that everything quotes.

declare const sorted: unique symbol

/** Measured values in ascending order; only `sortSamples` makes one, so a percentile is never taken of raw values. */
export type SortedSamples = readonly number[] & { readonly [sorted]: true }

/** A sorted copy. Throws a RangeError when there is no value, or one that is not finite. */
export function sortSamples(values: Iterable<number>): SortedSamples {
  const copy = [...values]
  if (copy.length === 0) throw new RangeError('no samples')
  const bad = copy.findIndex((value) => !Number.isFinite(value))
  if (bad !== -1) throw new RangeError(`sample ${bad} is ${copy[bad]}, not a finite number`)
  return copy.sort((a, b) => a - b) as unknown as SortedSamples
}

/**
 * The value below which the share `p` (0..1) of the samples lies, interpolated between neighbours
 * (definition 7 of Hyndman and Fan 1996, the default of R and NumPy).
 */
export function percentile(samples: SortedSamples, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a percentile is asked for as 0..1, got ${p}`)
  const position = p * (samples.length - 1)
  const below = Math.floor(position)
  const low = valueAt(samples, below)
  return low + (position - below) * (valueAt(samples, Math.min(below + 1, samples.length - 1)) - low)
}

export function median(samples: SortedSamples): number {
  return percentile(samples, 0.5)
}

function valueAt(samples: SortedSamples, index: number): number {
  const value = samples[index]
  if (value === undefined) throw new RangeError(`no sample at ${index}`)
  return value
}
