// Waits until hosts rest: joining, leaving and starting samplers go on for some seconds after the commands have ended.
import { unlessAborted } from '../../src/model/unless-aborted.ts'
import type { Stage } from './stage.ts'

export interface QuietOptions {
  /** Longest wait; then the stage is taken as it is. Default 15,000. */
  readonly limitMs?: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Of all CPUs of a host. A manager that rests stays below a third of it. */
const quietShare = 0.1
/** So many samples in a row: one may lie between two bursts. */
const quietSamples = 2
const usualLimitMs = 15_000

/** Resolves when the latest samples of every host are quiet, or it has waited long enough. Throws the signal's reason. */
export async function awaitQuiet(
  stage: Pick<Stage, 'onSample' | 'facts'>,
  { limitMs = usualLimitMs, signal, say }: QuietOptions,
): Promise<void> {
  const quietOf = new Map(stage.facts.map(({ name }) => [name, 0]))
  const restless = () => [...quietOf].filter(([, count]) => count < quietSamples).map(([name]) => name)
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = stage.onSample(({ host, sample: { cpu_share } }) => {
    // What is not known is waited for no longer than the limit.
    const isQuiet = cpu_share !== null && cpu_share < quietShare
    quietOf.set(host, isQuiet ? (quietOf.get(host) ?? 0) + 1 : 0)
    if (restless().length === 0) resolve()
  })
  const timer = setTimeout(() => {
    say(`${restless().join(', ')}: still busy after ${limitMs / 1000} s; goes on nevertheless`)
    resolve()
  }, limitMs)
  try {
    await unlessAborted(promise, signal)
  } finally {
    clearTimeout(timer)
    end()
  }
}
