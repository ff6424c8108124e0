// How factors are printed in figures.
import type { HostRole } from '../hosts/evaluation-host.ts'
import type { Link } from '../hosts/stage.ts'
import type { Factors } from './observation.ts'

const words: Readonly<Record<string, string>> = {
  ethernet: 'Ethernet',
  wlan: 'WLAN',
  direct: 'direct cable',
  average: 'Average',
  mergesort: 'MergeSort',
  bubblesort: 'BubbleSort',
  pair: 'pair mode',
  cluster: 'cluster mode',
  worker: 'server',
} satisfies Partial<
  Record<Link | HostRole | 'average' | 'mergesort' | 'bubblesort' | 'pair' | 'cluster', string>
>

/** `ethernet` is printed as `Ethernet`; what has no word of its own, as it is. */
export function wordFor(factor: string | number | undefined): string {
  return words[`${factor}`] ?? `${factor}`
}

/** `pair mode, WLAN` of the factors that are named, in their order. */
export function wordsFor(factors: Factors, ...names: readonly string[]): string {
  return names.map((name) => wordFor(factors[name])).join(', ')
}
