// Which observations a test compares with which: one stratum for each combination of the factors that are held, and what is missing in it.
import type { Factors, Observation, Observed } from '../scenarios/observation.ts'
import type { ClaimTest, Levels } from './claim-file.ts'
import { levelWord, measureWord } from './claim-words.ts'

type Level = string | number

export interface Group {
  readonly level: Level
  readonly observations: readonly Observation[]
}

/** One comparison that the test asks for: `of` over `to`, or `of` alone against a bound. */
export interface Pair {
  /** Of its stratum: `bubblesort, 2000 integers, wlan`; empty where nothing is held. */
  readonly stratum: string
  readonly of: Group
  readonly to: Group | undefined
}

export interface Selection {
  readonly pairs: readonly Pair[]
  /** Why a comparison that the test asks for cannot be made. */
  readonly missing: readonly string[]
  /** Failures among what was selected: they are in no comparison. */
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
  const failures = ofScenario(observed.failures).filter(({ factors }) => isMeant(factors, true)).length
  if (candidates.length === 0)
    return {
      pairs: [],
      missing: [`no ${measureWord(test.measure)} of the scenario ${test.scenario}${whereWords(test)}`],
      failures,
    }

  const missing: string[] = []
  const held = Object.entries(test.within).map(([name, wanted]) => {
    const found = levelsOf(candidates, name, wanted)
    if (found.length === 0)
      missing.push(
        `no ${measureWord(test.measure)} of ${test.scenario} says its ${name}${limitWords(wanted)}`,
      )
    return found.map((value): readonly [string, Level] => [name, value])
  })
  const strata = held.reduce<readonly (readonly (readonly [string, Level])[])[]>(
    (combinations, values) => combinations.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  )
  const pairs = strata.flatMap((stratum): readonly Pair[] => {
    const name = stratum.map(([factor, value]) => levelWord(test, factor, value)).join(', ')
    const members = candidates.filter(({ factors }) =>
      stratum.every(([factor, value]) => isOneOf(factors[factor], [value])),
    )
    const place = name === '' ? '' : ` at ${name}`
    if (members.length === 0) {
      missing.push(`no ${measureWord(test.measure)} of ${test.scenario}${place}`)
      return []
    }
    const origins = [...new Set(members.map(({ origin }) => origin))]
    if (origins.length > 1) {
      missing.push(
        `${measureWord(test.measure)} of ${test.scenario}${place} is ${origins.join(' and ')}, which are not compared`,
      )
      return []
    }
    const mixed = mixedFactor(test, members)
    if (mixed !== undefined) {
      missing.push(
        `${measureWord(test.measure)} of ${test.scenario}${place} differs in ${mixed} too, which the claim does not name`,
      )
      return []
    }
    return pairLevels(test, members, (what) => missing.push(`${what}${place}`)).map((pair) => ({
      ...pair,
      stratum: name,
    }))
  })
  return { pairs, missing, failures }
}

function pairLevels(
  test: ClaimTest,
  members: readonly Observation[],
  miss: (what: string) => void,
): readonly Omit<Pair, 'stratum'>[] {
  const { kind, factor } = test
  if (kind === 'bounded' || factor === undefined)
    return [{ of: { level: '', observations: members }, to: undefined }]
  const groupOf = (level: Level): Group => ({
    level,
    observations: members.filter(({ factors }) => isOneOf(factors[factor], [level])),
  })
  const wanted =
    kind === 'greatest'
      ? [...new Set([test.level ?? '', ...levelsOf(members, factor, test.levels ?? 'any')])]
      : levelsOf(members, factor, test.levels ?? 'any')
  const groups = wanted.map(groupOf)
  for (const { level, observations } of groups)
    if (observations.length === 0)
      miss(`no ${measureWord(test.measure)} of ${levelWord(test, factor, level)}`)
  const there = groups.filter(({ observations }) => observations.length > 0)
  if (there.length === groups.length && groups.length < 2)
    miss(`only one value of ${factor} is there, and the claim compares several`)
  const pairs: readonly (readonly [Group | undefined, Group | undefined])[] =
    kind === 'ascending'
      ? groups.slice(1).map((of, index) => [of, groups[index]])
      : kind === 'between'
        ? groups.flatMap((of, index) => groups.slice(0, index).map((to) => [of, to] as const))
        : kind === 'greatest'
          ? groups.filter((to) => String(to.level) !== String(test.level)).map((to) => [groups[0], to])
          : groups.slice(1).map((of) => [of, groups[0]])
  return pairs.flatMap(([of, to]) =>
    of !== undefined && to !== undefined && there.includes(of) && there.includes(to) ? [{ of, to }] : [],
  )
}

/** Those that the test lists, or those there are: numbers in ascending order, words in the order they came. */
function levelsOf(observations: readonly Observation[], factor: string, wanted: Levels): readonly Level[] {
  if (Array.isArray(wanted)) return wanted
  const found = [...new Set(observations.flatMap(({ factors }) => factors[factor] ?? []))]
  const allowed = typeof wanted === 'object' ? found.filter((value) => Number(value) <= wanted.atMost) : found
  return allowed.every((value) => typeof value === 'number') ? allowed.sort((a, b) => a - b) : allowed
}

/** A factor that the test says nothing of and that has several values: they would be mixed. */
function mixedFactor(test: ClaimTest, members: readonly Observation[]): string | undefined {
  const named = new Set([test.factor, ...Object.keys(test.where), ...Object.keys(test.within)])
  const all = new Set(members.flatMap(({ factors }) => Object.keys(factors)))
  return [...all].find(
    (name) => !named.has(name) && new Set(members.map(({ factors }) => String(factors[name]))).size > 1,
  )
}

function isOneOf(value: Level | undefined, wanted: readonly Level[]): boolean {
  return value !== undefined && wanted.some((each) => String(each) === String(value))
}

function whereWords({ where }: ClaimTest): string {
  const parts = Object.entries(where).map(([name, value]) => `${name} ${[value].flat().join(' or ')}`)
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`
}

function limitWords(wanted: Levels): string {
  return typeof wanted === 'object' && !Array.isArray(wanted) ? ` of at most ${wanted.atMost}` : ''
}
