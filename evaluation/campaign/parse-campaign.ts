// A campaign from YAML: checked as a whole before anything is started, every problem with its path and line.
import * as z from 'zod/mini'
import { ShoalError } from '../../src/model/errors.ts'
import { type Problem, renderProblems } from '../../src/model/problems.ts'
import type { Campaign } from '../run/run.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { campaignSchema, factorNames } from './campaign-schema.ts'
import { fitFactors } from './fit-factors.ts'
import { renderPath, type SettingIssue, settingIssues, valueAt } from './setting-issue.ts'
import { readYamlText } from './yaml-text.ts'

/**
 * @param place names the text in the error: its file
 * @param scenarios those there are; their order is that of the campaign's
 * @throws ShoalError `CAMPAIGN_INVALID` with every problem, its path and its line
 */
export function parseCampaign(text: string, place: string, scenarios: readonly Scenario[]): Campaign {
  const yaml = readYamlText(text)
  if ('problems' in yaml) throw invalid(place, yaml.problems)
  // An empty file, or one of comments alone, is the paper's campaign.
  const given = yaml.value ?? {}
  const shell = campaignSchema(scenarios, () => z.unknown())
  const parsed = shell.safeParse(given)
  const issues: SettingIssue[] = parsed.success ? [] : [...settingIssues(shell, given, parsed.error.issues)]
  const chosen = chooseScenarios(given, scenarios)
  if (chosen?.length === 0) issues.push({ path: ['scenarios'], message: 'expected at least one scenario' })

  const isSound = (key: PropertyKey): boolean => !issues.some(({ path }) => path[0] === key)
  const factors = Object.fromEntries(
    factorNames.flatMap((name) => {
      const value = valueAt(given, [name])
      return value !== undefined && isSound(name) ? [[name, value]] : []
    }),
  )
  const fit = fitFactors(factors, chosen ?? scenarios, (name) => ownSettings(given, name))
  issues.push(...fit.issues)

  const settled = (chosen ?? scenarios).flatMap((scenario) => {
    const { name } = scenario
    const own = ownSettings(given, name)
    const taken = fit.taken.get(name)
    if (taken === undefined) {
      // Of those that were not chosen one by one, only those are meant for which the factors leave something.
      if (chosen !== undefined) {
        const message =
          'a factor of the campaign has no value that it knows; give it one here, or leave it out'
        issues.push({ path: ['scenarios', name], message })
      }
      return []
    }
    const whole = isMapping(own) ? { ...taken, ...own } : (own ?? taken)
    const result = z.safeParse(scenario.settings, whole)
    const found = result.success
      ? repeatedValues(whole)
      : settingIssues(scenario.settings, whole, result.error.issues)
    issues.push(...found.map(({ path, message }) => ({ path: ['scenarios', name, ...path], message })))
    return result.success ? [{ scenario, settings: result.data }] : []
  })

  if (settled.length === 0 && issues.length === 0)
    issues.push({ path: [], message: 'its factors leave no scenario anything to measure' })
  if (!parsed.success || issues.length > 0) {
    const problems = issues.map(({ path, message }) => ({
      path: renderPath(path),
      message: `${message}${yaml.lineOf(path)}`,
    }))
    throw invalid(place, problems)
  }
  const { name, seed, board } = parsed.data
  return { name, seed, board, scenarios: settled }
}

/** Those that the file names, in the order there is; undefined where it names none. */
function chooseScenarios(given: unknown, scenarios: readonly Scenario[]): readonly Scenario[] | undefined {
  const named = valueAt(given, ['scenarios'])
  if (!isMapping(named)) return undefined
  // A wrong name is a problem of its own; an empty mapping chooses nothing.
  const known = scenarios.filter(({ name }) => Object.hasOwn(named, name))
  return known.length === 0 && Object.keys(named).length > 0 ? undefined : known
}

/** As given; undefined where there are none. */
function ownSettings(given: unknown, scenario: string): unknown {
  return valueAt(given, ['scenarios', scenario]) ?? undefined
}

/** The same value twice would be the same cells twice. */
function repeatedValues(settings: unknown): readonly SettingIssue[] {
  if (!isMapping(settings)) return []
  return Object.entries(settings).flatMap(([key, values]) => {
    if (!Array.isArray(values)) return []
    return values.flatMap((value, index) =>
      values.indexOf(value) < index ? [{ path: [key, index], message: `${value} is there already` }] : [],
    )
  })
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(place: string, problems: readonly Problem[]): ShoalError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new ShoalError('CAMPAIGN_INVALID', {
    action: 'read',
    object: 'the campaign',
    place,
    reason: `${count}; nothing was started\n${renderProblems(problems)}`,
    nextStep: 'docs/evaluation.md has every key, docs/campaign.schema.json the schema',
  })
}
