// Response times as a table: pure function of the samples.
import { type Operation, operations } from './computation.ts'
import type { ResponseTimeSample } from './response-time.ts'
import { median, sortSamples } from './samples.ts'
import { type Estimate, estimateMean } from './statistics.ts'

export interface ResponseTimeRow {
  readonly operation: Operation
  readonly size: number
  /** By mode: mean with its 95 % interval (Student's t) and the median, in milliseconds; no estimate with fewer than two answers. */
  readonly modes: Readonly<
    Record<
      string,
      {
        readonly mean: Estimate | undefined
        readonly medianMs: number | undefined
        readonly failures: number
      }
    >
  >
}

/** One row an operation and size, in the paper's order. */
export function tabulateResponseTimes(samples: readonly ResponseTimeSample[]): ResponseTimeRow[] {
  const sizes = [...new Set(samples.map(({ size }) => size))].sort((a, b) => a - b)
  const modes = [...new Set(samples.map(({ mode }) => mode))]
  return operations.flatMap((operation) =>
    sizes.map((size) => ({
      operation,
      size,
      modes: Object.fromEntries(
        modes.map((mode) => {
          const cell = samples.filter((s) => s.operation === operation && s.size === size && s.mode === mode)
          const times = cell.flatMap(({ responseTimeMs }) =>
            responseTimeMs === undefined ? [] : [responseTimeMs],
          )
          return [
            mode,
            {
              mean: times.length < 2 ? undefined : estimateMean(times),
              medianMs: times.length === 0 ? undefined : median(sortSamples(times)),
              failures: cell.length - times.length,
            },
          ]
        }),
      ),
    })),
  )
}

/** `1.84 ± 0.05`, in milliseconds; `–` where there is no estimate. */
export function renderMean(estimate: Estimate | undefined): string {
  return estimate === undefined
    ? '–'
    : `${estimate.value.toFixed(2)} ± ${(estimate.high - estimate.value).toFixed(2)}`
}
