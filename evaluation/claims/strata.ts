// Which observations a test compares with which: one stratum for each combination of the factors that are held, and what is missing in it.
import type { Factors, Observation, Observed } from '../scenarios/observation.ts'
import type { ClaimTest, Levels } from './claim-file.ts'
import { levelWord, measureWord } from './claim-words.ts'
import { isOneOf, type Level, type LevelPair, levelsOf, pairLevels } from './level-pairs.ts'

/** One comparison that the test asks for. */
export interface Pair extends LevelPair {
  /** `bubblesort, 2000 integers, wlan`; empty where nothing is held. */
  readonly stratum: string
}

export interface Selection {
  readonly pairs: readonly Pair[]
  /** Why a comparison that the test asks for cannot be made. */
  readonly missing: readonly string[]
  /** Among what is compared: failed cells, which are in no number, and unanswered requests, which are in no time. */
  readonly failures: number
}

export function selectPairs(test: ClaimTest, observed: Observed): Selection {
  const isMeant = (factors: Factors, orUnsaid = false): boolean =>
    Object.entries(test.where).every(
      ([name, value]) => isOneOf(factors[name], [value].flat()) || (orUnsaid && factors[name] === undefined),
    )
  const ofScenario = <Part extends { readonly scenario: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.filter(({ scenario }) => scenario === test.scenario)
  const candidates = ofScenario(observed.observations).filter(
    ({ measure, factors }) => measure === test.measure && isMeant(factors),
  )
  const failures = ofScenario(observed.failures).filter(
    ({ factors }) => isMeant(factors, true) && isCompared(test, factors),
  ).length
  const what = `${measureWord(test.measure)} of the scenario ${test.scenario}`
  if (candidates.length === 0) return { pairs: [], missing: [`no ${what}${whereWords(test)}`], failures }

  const missing = new Set<string>()
  const isThere = (name: string, value: Level): boolean =>
    candidates.some(({ factors }) => isOneOf(factors[name], [value]))
  const held = Object.entries(test.within).map(([name, wanted]) => {
    const levels = levelsOf(candidates, name, wanted)
    if (levels.length === 0) missing.add(`no ${what} says its ${name}${limitWords(wanted)}`)
    // One that is nowhere is told once, not in each combination.
    return levels.flatMap((value): readonly (readonly [string, Level])[] => {
      if (isThere(name, value)) return [[name, value]]
      missing.add(`no ${what} at ${levelWord(test, name, value)}`)
      return []
    })
  })
  const strata = held.reduce<readonly (readonly (readonly [string, Level])[])[]>(
    (combinations, values) => combinations.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  )
  const pairs = strata.flatMap((stratum): readonly Pair[] => {
    const name = stratum.map(([factor, value]) => levelWord(test, factor, value)).join(', ')
    const place = name === '' ? '' : ` at ${name}`
    const members = candidates.filter(({ factors }) =>
      stratum.every(([factor, value]) => isOneOf(factors[factor], [value])),
    )
    const problem = problemOf(test, members)
    if (problem !== undefined) {
      missing.add(members.length === 0 ? `no ${what}${place}` : `${what}${place} ${problem}`)
      return []
    }
    const miss = (level: Level | undefined, message: string): void => {
      const isNowhere = level !== undefined && !isThere(test.factor ?? '', level)
      missing.add(`${message}${isNowhere ? '' : place}`)
    }
    return pairLevels(test, members, miss).map((pair) => ({ ...pair, stratum: name }))
  })
  return { pairs, missing: [...missing], failures }
}

/** Whether it lies on levels that the test holds or compares; what says nothing of a factor may. */
function isCompared(test: ClaimTest, factors: Factors): boolean {
  const { kind, factor, level = '', levels = 'any', within } = test
  const wantedOf = { ...within, ...(factor === undefined ? {} : { [factor]: levels }) }
  return Object.entries(wantedOf).every(([name, wanted]) => {
    const value = factors[name]
    if (value === undefined || wanted === 'any') return true
    if (!Array.isArray(wanted)) return Number(value) <= wanted.atMost
    return isOneOf(value, kind === 'greatest' && name === factor ? [...wanted, level] : wanted)
  })
}

/** Why these cannot be compared. */
function problemOf(test: ClaimTest, members: readonly Observation[]): string | undefined {
  if (members.length === 0) return 'is not there'
  const origins = [...new Set(members.map(({ origin }) => origin))]
  if (origins.length > 1) return `is ${origins.join(' and ')}, which are not compared`
  const mixed = mixedFactor(test, members)
  return mixed === undefined ? undefined : `differs in ${mixed} too, which the claim does not name`
}

/** A factor that the test says nothing of and that has several values: they would be mixed. */
function mixedFactor(test: ClaimTest, members: readonly Observation[]): string | undefined {
  const named = new Set([test.factor, ...Object.keys(test.where), ...Object.keys(test.within)])
  const all = new Set(members.flatMap(({ factors }) => Object.keys(factors)))
  return [...all].find(
    (name) => !named.has(name) && new Set(members.map(({ factors }) => String(factors[name]))).size > 1,
  )
}

function whereWords({ where }: ClaimTest): string {
  const parts = Object.entries(where).map(([name, value]) => `${name} ${[value].flat().join(' or ')}`)
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`
}

function limitWords(wanted: Levels): string {
  return typeof wanted === 'object' && !Array.isArray(wanted) ? ` of at most ${wanted.atMost}` : ''
}
