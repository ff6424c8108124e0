// The levels of a factor that a test compares with each other, within one stratum.
import type { Observation } from '../scenarios/observation.ts'
import type { ClaimTest, Levels } from './claim-file.ts'
import { levelWord, measureWord } from './claim-words.ts'

export type Level = string | number

export interface Group {
  readonly level: Level
  readonly observations: readonly Observation[]
}

/** `of` over `to`, or `of` alone against a bound. */
export interface LevelPair {
  readonly of: Group
  readonly to: Group | undefined
}

/** @param miss is told of what is not there */
export function pairLevels(
  test: ClaimTest,
  members: readonly Observation[],
  miss: (level: Level | undefined, message: string) => void,
): readonly LevelPair[] {
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
      miss(level, `no ${measureWord(test.measure)} of ${levelWord(test, factor, level)}`)
  const there = groups.filter(({ observations }) => observations.length > 0)
  if (there.length === groups.length && groups.length < 2)
    miss(undefined, `only one value of ${factor} is there, and the claim compares several`)
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
export function levelsOf(
  observations: readonly Observation[],
  factor: string,
  wanted: Levels,
): readonly Level[] {
  if (Array.isArray(wanted)) return wanted
  const found = [...new Set(observations.flatMap(({ factors }) => factors[factor] ?? []))]
  const allowed = typeof wanted === 'object' ? found.filter((value) => Number(value) <= wanted.atMost) : found
  return allowed.every((value) => typeof value === 'number') ? allowed.sort((a, b) => a - b) : allowed
}

/** Factors are compared as they are printed: 1000 and "1000" are one. */
export function isOneOf(value: Level | undefined, wanted: readonly Level[]): boolean {
  return value !== undefined && wanted.some((each) => String(each) === String(value))
}
