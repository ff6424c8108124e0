// A campaign with every setting in force as text, and back: what a run keeps of it, so that defaults may change later.
import type { Campaign } from '../run/run.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { parseCampaign } from './parse-campaign.ts'

/** Itself a campaign file: JSON is YAML. Equal campaigns give equal texts. */
export function resolveCampaign({ name, seed, board, scenarios }: Campaign): string {
  const settings = Object.fromEntries(scenarios.map(({ scenario, settings }) => [scenario.name, settings]))
  return `${JSON.stringify({ name, seed, board, scenarios: settings }, undefined, 2)}\n`
}

/** @throws ShoalError `CAMPAIGN_INVALID`: also where this version does not know a setting or a scenario of it */
export function readResolvedCampaign(text: string, place: string, scenarios: readonly Scenario[]): Campaign {
  return parseCampaign(text, place, scenarios)
}
