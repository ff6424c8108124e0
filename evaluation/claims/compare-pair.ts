// One comparison of a claim: the contrast that its test asks for, its two error probabilities, and how many samples would decide it.
import jstat from 'jstat'
import { contrastMean, contrastMeans, contrastRatioOfMeans } from '../compare-means.ts'
import { contrastTypical, contrastTypicalRatio } from '../compare-ranks.ts'
import { type Contrast, type Limits, testLimits } from '../contrast.ts'
import type { Estimate } from '../statistics.ts'
import type { ClaimTest } from './claim-file.ts'
import { effectScale, effectWords, levelWord, measureWord } from './claim-words.ts'
import type { Group } from './level-pairs.ts'
import type { Pair } from './strata.ts'

/** Of every test of a claim. */
export const alpha = 0.05

export interface Compared {
  readonly name: string
  readonly test: ClaimTest
  /** As printed, with the interval that the tests at 5 % decide by. */
  readonly effect: Estimate
  readonly unit: string
  /** As printed. */
  readonly limits: Limits
  /** `bubblesort, 2000 integers, wlan: container 1.04 times native (0.98 to 1.11)` */
  readonly words: string
  /** Error probability of saying that it lies within the limits, and that it does not. */
  readonly inside: number
  readonly outside: number
}

/** @returns why there is no comparison, where there is none */
export function comparePair(test: ClaimTest, { stratum, of, to }: Pair): Compared | string {
  const unitOf = of.observations[0]?.unit ?? 'count'
  const { unit, times } = effectScale(test, unitOf)
  const ofWord = levelWord(test, test.factor ?? '', of.level)
  const toWord = to === undefined ? undefined : levelWord(test, test.factor ?? '', to.level)
  const subject = toWord === undefined ? measureWord(test.measure) : `${ofWord} against ${toWord}`
  const name = [stratum, subject].filter((part) => part !== '').join(', ')
  try {
    const contrast = contrastOf(test, of, to)
    const { inside, outside } = testLimits(contrast, test)
    const effect = scaled(contrast.estimate(alpha), times)
    if (![effect.value, effect.low, effect.high, inside, outside].every(Number.isFinite))
      return `${name}: the values are too far apart to reckon with`
    const words = `${stratum === '' ? '' : `${stratum}: `}${effectWords(effect, unit, ofWord, toWord)}`
    const limits = {
      ...(test.above === undefined ? {} : { above: test.above * times }),
      ...(test.below === undefined ? {} : { below: test.below * times }),
    }
    return { name, test, effect, unit, limits, words, inside, outside }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return `${name}: ${error.message}`
  }
}

/**
 * Samples on each side that would tell, about: an interval shrinks with the root of their number.
 * @param errorAlpha what the error probability of the opposite must not exceed, where the value lies outside of the limits
 * @returns undefined where the value lies at a limit, so that no number would
 */
export function samplesNeeded({ effect, unit, limits }: Compared, errorAlpha: number): number | undefined {
  const scale = (value: number): number => (unit === 'times' ? Math.log(value) : value)
  const { value, low, high, count } = effect
  // The interval of a ratio may reach down to 0.
  const half = unit === 'times' ? scale(high) - scale(value) : (high - low) / 2
  const room = Math.min(
    limits.above === undefined ? Number.POSITIVE_INFINITY : scale(value) - scale(limits.above),
    limits.below === undefined ? Number.POSITIVE_INFINITY : scale(limits.below) - scale(value),
  )
  const normal = (p: number): number => jstat.normal.inv(1 - p, 0, 1)
  const stricter = room < 0 ? normal(errorAlpha) / normal(alpha) : 1
  const needed = Math.ceil(count * ((half * stricter) / room) ** 2)
  return Number.isFinite(needed) && needed <= 10_000 ? Math.max(needed, count + 1) : undefined
}

function contrastOf(test: ClaimTest, of: Group, to: Group | undefined): Contrast {
  const one = of.observations.map(({ value }) => value)
  if (to === undefined) return contrastMean(one)
  const other = to.observations.map(({ value }) => value)
  if (test.by === 'typical')
    return test.as === 'ratio' ? contrastTypicalRatio(one, other) : contrastTypical(one, other)
  return test.as === 'ratio' ? contrastRatioOfMeans(one, other) : contrastMeans(one, other)
}

function scaled({ value, low, high, count }: Estimate, times: number): Estimate {
  return { value: value * times, low: low * times, high: high * times, count }
}
