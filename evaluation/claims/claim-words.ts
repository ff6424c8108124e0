// How claims, their tests and what came of them are said in plain words with numbers.
import type { Limits } from '../contrast.ts'
import { formatInterval, formatNumber } from '../report/number-text.ts'
import type { Observation } from '../scenarios/observation.ts'
import { wordFor } from '../scenarios/words.ts'
import type { Estimate } from '../statistics.ts'
import type { ClaimTest } from './claim-file.ts'

type Level = string | number
type Unit = Observation['unit']

/** Levels that are numbers say of what. */
const counted: Readonly<Record<string, readonly [one: string, many: string]>> = {
  size: ['integer', 'integers'],
  containers: ['container', 'containers'],
  workers: ['worker', 'workers'],
}

/** `2000 integers`, `WLAN`, or the claim's own word for it. */
export function levelWord(test: Pick<ClaimTest, 'words'>, factor: string, level: Level): string {
  const own = test.words[String(level)]
  if (own !== undefined) return own
  const [one, many] = counted[factor] ?? ['', '']
  return many === '' ? wordFor(level) : `${level} ${Number(level) === 1 ? one : many}`
}

const measures: Readonly<Record<string, string>> = { cpu: 'CPU', cpu_peak: 'peak CPU', cpu_moment: 'CPU' }

/** `response time`, `peak CPU` */
export function measureWord(measure: string): string {
  return measures[measure] ?? measure.replaceAll('_', ' ')
}

/** What effects and limits of a test are printed in, and by what they are multiplied for it. */
export function effectScale(test: ClaimTest, unit: Unit): { readonly unit: string; readonly times: number } {
  if (test.kind !== 'bounded' && test.as === 'ratio') return { unit: 'times', times: 1 }
  if (unit === 'share') return { unit: test.kind === 'bounded' ? '%' : 'points', times: 100 }
  if (unit === 'bytes') return { unit: 'MiB', times: 1 / 2 ** 20 }
  return { unit: unit === 'count' ? '' : unit, times: 1 }
}

/** Where no observation tells. */
export function unitOfMeasure(measure: string): Unit {
  if (measure.startsWith('cpu')) return 'share'
  if (measure.endsWith('_time')) return 'ms'
  return measure === 'memory' ? 'bytes' : measure === 'power' ? 'W' : measure === 'energy' ? 'J' : 'count'
}

/** `container 1.04 times native (0.98 to 1.11)`, `cluster less pair: 0.4 points (−0.2 to 1.1)`, `2.1 % (1.8 to 2.4)` */
export function effectWords(effect: Estimate, unit: string, of: string, to: string | undefined): string {
  const number = formatNumber(effect.value)
  const interval = `(${formatInterval(effect)})`
  if (to === undefined) return `${withUnit(number, unit)} ${interval}`
  return unit === 'times'
    ? `${of} ${number} times ${to} ${interval}`
    : `${of} less ${to}: ${withUnit(number, unit)} ${interval}`
}

/** `between 0.9 and 1.1`, `above 1`, `below 10 %`: as they are set, with no digit more. */
export function limitWords({ above, below }: Limits, unit: string): string {
  const plain = (limit: number): string => String(Number(limit.toPrecision(12))).replace('-', '−')
  const of = (limit: number): string => (unit === 'times' ? plain(limit) : withUnit(plain(limit), unit))
  if (above !== undefined && below !== undefined) return `between ${plain(above)} and ${of(below)}`
  return above !== undefined ? `above ${of(above)}` : below !== undefined ? `below ${of(below)}` : 'anywhere'
}

/** The test and the effect that counts: `typical response_time of container over native is between 0.9 and 1.1, in each link, size`. */
export function testWords(test: ClaimTest, limits: string): string {
  const { kind, factor = '', measure } = test
  const words = (Array.isArray(test.levels) ? test.levels : []).map((level) => levelWord(test, factor, level))
  const what = `${test.by} ${measureWord(measure)}`
  const than = test.as === 'ratio' ? 'over' : 'less'
  const pairOf = (each: string): string =>
    words.length === 2 ? `${what} of ${words[1]} ${than} ${words[0]}` : `${each} (${words.join(', ')})`
  const subject = {
    bounded: what,
    greatest: `${what} of ${levelWord(test, factor, test.level ?? '')} ${than} any other ${factor}`,
    ascending: pairOf(`${what} of each ${than} the one before`),
    between: pairOf(`${what} of each ${than} each one before`),
    'no-more': `${what} of more ${factor} ${than} the fewest${atMostWords(test)}`,
  }[kind]
  const held = Object.keys(test.within).map((name) =>
    name === 'workers' || name === 'containers' ? `number of ${name}` : name,
  )
  const procedure =
    test.above !== undefined && test.below !== undefined ? 'two one-sided tests' : 'one-sided test'
  return `${procedure} at 5 %: ${subject} is ${limits}${held.length === 0 ? '' : `, for each ${held.join(', ')}`} (${test.why})`
}

function atMostWords({ levels }: ClaimTest): string {
  return typeof levels === 'object' && !Array.isArray(levels) ? ` (up to ${levels.atMost})` : ''
}

function withUnit(number: string, unit: string): string {
  return unit === '' ? number : `${number} ${unit}`
}
