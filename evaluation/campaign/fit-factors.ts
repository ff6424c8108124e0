// Factors that stand at the top of a campaign, given to each scenario as far as it knows them.
import * as z from 'zod/mini'
import type { Scenario } from '../scenarios/scenario.ts'
import { type FactorName, listFactors } from './campaign-schema.ts'
import { keysOf, type SettingIssue, settingIssues } from './setting-issue.ts'

export interface FittedFactors {
  /** By scenario: what it takes of them. A scenario that a factor leaves no value is not in it. */
  readonly taken: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly issues: readonly SettingIssue[]
}

/**
 * A value of a list goes to each scenario that knows it; a single number to each that has such a setting. What a scenario sets itself is its own.
 * @param factors sound by themselves
 * @param ownSettings what the file says below the name of a scenario
 */
export function fitFactors(
  factors: Readonly<Partial<Record<FactorName, unknown>>>,
  scenarios: readonly Scenario[],
  ownSettings: (scenario: string) => unknown,
): FittedFactors {
  const issues: SettingIssue[] = []
  const taken = new Map<string, Record<string, unknown>>(scenarios.map(({ name }) => [name, {}]))
  const leftOut = new Set<string>()
  for (const [factor, given] of Object.entries(factors)) {
    const able = scenarios.filter(({ settings }) => keysOf(settings).includes(factor))
    if (able.length === 0)
      issues.push({ path: [factor], message: 'no scenario of the campaign has this factor' })
    const isList = listFactors.some((name) => name === factor)
    const values: readonly unknown[] = isList ? (given as unknown[]) : []
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) < index)
        issues.push({ path: [factor, index], message: `${value} is there already` })
      else if (able.length > 0 && !able.some((scenario) => knows(scenario, factor, [value])))
        issues.push({ path: [factor, index], message: `no scenario of the campaign knows ${value}` })
    }
    for (const scenario of able) {
      const { name } = scenario
      if (sets(ownSettings(name), factor)) continue
      const fitting = isList ? values.filter((value) => knows(scenario, factor, [value])) : given
      const misfits = isList ? [] : issuesOf(scenario, factor, given)
      issues.push(...misfits.map(({ path, message }) => ({ path, message: `${name}: ${message}` })))
      if (Array.isArray(fitting) && fitting.length === 0) leftOut.add(name)
      // A misfit is told once, where it stands.
      else if (misfits.length === 0) Object.assign(taken.get(name) ?? {}, { [factor]: fitting })
    }
  }
  for (const name of leftOut) taken.delete(name)
  return { taken, issues }
}

function knows(scenario: Scenario, factor: string, value: unknown): boolean {
  return issuesOf(scenario, factor, value).length === 0
}

/** What the scenario has against this value of this setting, whatever else it is set to. */
function issuesOf({ settings }: Scenario, factor: string, value: unknown): readonly SettingIssue[] {
  const whole = { [factor]: value }
  const result = z.safeParse(settings, whole)
  return result.success
    ? []
    : settingIssues(settings, whole, result.error.issues).filter(({ path }) => path[0] === factor)
}

function sets(own: unknown, factor: string): boolean {
  return typeof own === 'object' && own !== null && Object.hasOwn(own, factor)
}
