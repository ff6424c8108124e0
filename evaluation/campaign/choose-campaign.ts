// Which campaign a command line means: a file, the paper's or the quick one, whole or a part of it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ShoalError } from '../../src/model/errors.ts'
import { nearestKey } from '../../src/model/problems.ts'
import type { Campaign } from '../run/run.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { parseCampaign } from './parse-campaign.ts'

export interface CampaignChoice {
  /** Left out: the paper's. */
  readonly file?: string | undefined
  /** In place of a file. */
  readonly quick?: true | undefined
  /** Only these of it. */
  readonly scenario?: readonly string[] | undefined
  /** In place of the file's. */
  readonly seed?: number | undefined
}

/** What a person has asked for, and not only got as a default. */
export interface AskedFor {
  /** Of the file that was named; empty where the campaign is one of Shoal's own. */
  readonly text: string
  /** Named on the command line. */
  readonly scenarios: readonly string[]
}

/** Makes of a campaign one for the hosts that are there. */
export type FitCampaign = (campaign: Campaign, asked: AskedFor) => Campaign

/** Whether the choice says anything; a run that goes on needs none. */
export function isChoice({ file, quick, scenario, seed }: CampaignChoice): boolean {
  return file !== undefined || quick === true || scenario !== undefined || seed !== undefined
}

/** Throws ShoalError FILE_UNREADABLE, CAMPAIGN_INVALID, USAGE. */
export function chooseCampaign(
  choice: CampaignChoice,
  scenarios: readonly Scenario[],
  adapt: FitCampaign = (campaign) => campaign,
): Campaign {
  const path = choice.file ?? ownFile(choice.quick === true ? 'quick.yaml' : 'paper.yaml')
  const isScenario = scenarios.some(({ name }) => name === choice.file)
  const nextStep = isScenario ? `shoal evaluate --scenario ${choice.file}` : undefined
  const text = readText(path, nextStep)
  const campaign = parseCampaign(text, path, scenarios)
  const { seed = campaign.seed, scenario: names } = choice
  const asked: AskedFor = { text: choice.file === undefined ? '' : text, scenarios: names ?? [] }
  if (names === undefined) return adapt({ ...campaign, seed }, asked)
  refuseUnknown(names, campaign)
  const chosen = campaign.scenarios.filter(({ scenario }) => names.includes(scenario.name))
  return adapt({ ...campaign, seed, scenarios: chosen }, asked)
}

function ownFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** Throws ShoalError FILE_UNREADABLE. */
export function readText(path: string, nextStep?: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: path,
      reason,
      ...(nextStep === undefined ? {} : { nextStep }),
      cause,
    })
  }
}

function refuseUnknown(names: readonly string[], { name, scenarios }: Campaign): void {
  const known = scenarios.map(({ scenario }) => scenario.name)
  const unknown = names.filter((each) => !known.includes(each))
  if (unknown.length === 0) return
  const reasons = unknown.map((each) => {
    const nearest = nearestKey(each, known)
    const hint = nearest === undefined ? `it has ${known.join(', ')}` : `did you mean ${nearest}?`
    return `the campaign ${name} has no scenario ${each}; ${hint}`
  })
  const isFile = unknown.some((each) => /\.ya?ml$|\.json$/.test(each))
  throw new ShoalError('USAGE', {
    action: 'read',
    object: 'the command line',
    reason: reasons.join('\n'),
    nextStep: isFile ? 'name the file before --scenario' : 'shoal evaluate --dry-run lists the scenarios',
  })
}
