import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { campaignJsonSchema } from '../../../../evaluation/campaign/campaign-schema.ts'
import { chooseCampaign } from '../../../../evaluation/campaign/choose-campaign.ts'
import { campaignMatrix } from '../../../../evaluation/campaign/matrix.ts'
import { parseCampaign } from '../../../../evaluation/campaign/parse-campaign.ts'
import { resolveCampaign } from '../../../../evaluation/campaign/resolved-campaign.ts'
import { keysOf } from '../../../../evaluation/campaign/setting-issue.ts'
import { labStages } from '../../../../evaluation/hosts/lab-stages.ts'
import { planCells } from '../../../../evaluation/run/plan-cells.ts'
import { scenarios } from '../../../../evaluation/scenarios/all.ts'

const stages = labStages({ board: 'pi3b' })
const paper = chooseCampaign({}, scenarios)
const quick = chooseCampaign({ quick: true }, scenarios)

describe('the schema of a campaign', () => {
  it('is published as it is; scripts/campaign-schema writes it anew', () => {
    const file = fileURLToPath(new URL('../../../../docs/campaign.schema.json', import.meta.url))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(campaignJsonSchema(scenarios))
  })

  it('takes at the top what some scenario takes, and nothing that each of them refuses', () => {
    const { properties } = campaignJsonSchema(scenarios) as {
      properties: Record<string, { items?: { enum?: string[]; maximum?: number }; maximum?: number }>
    }
    const taken = (key: string, value: unknown) =>
      scenarios.some(
        ({ settings }) => keysOf(settings).includes(key) && z.safeParse(settings, { [key]: value }).success,
      )
    expect(properties.modes?.items?.enum?.toSorted()).toEqual(['cluster', 'pair'])
    for (const key of ['links', 'modes', 'operations'])
      for (const word of properties[key]?.items?.enum ?? ['none']) expect(taken(key, [word]), word).toBe(true)
    expect(taken('sizes', [properties.sizes?.items?.maximum])).toBe(true)
    for (const key of ['repetitions', 'warmUps']) expect(taken(key, properties[key]?.maximum), key).toBe(true)
  })

  it('says of every list that its values differ', () => {
    const text = JSON.stringify(campaignJsonSchema(scenarios))
    expect(text.match(/"type":"array"/g)?.length).toBe(text.match(/"uniqueItems":true/g)?.length)
  })

  it('has the paper’s value of every setting of every scenario', () => {
    const { properties } = campaignJsonSchema(scenarios) as {
      properties: { scenarios: { properties: Record<string, { anyOf: { properties: object }[] }> } }
    }
    for (const { scenario, settings } of paper.scenarios) {
      const [given] = properties.scenarios.properties[scenario.name]?.anyOf ?? []
      const defaults = Object.entries(given?.properties ?? {}).map(([key, value]) => [key, value.default])
      expect(Object.fromEntries(defaults), scenario.name).toEqual(settings)
    }
  })
})

describe('the campaigns that come with Shoal', () => {
  it.each([
    ['the paper’s', paper],
    ['the quick one', quick],
  ])('%s has every scenario, can be had in a lab, and reads back from its resolved text', (_, campaign) => {
    expect(campaign.scenarios.map(({ scenario }) => scenario)).toEqual(scenarios)
    stages.check(planCells(campaign).map(({ need }) => need))
    expect(parseCampaign(resolveCampaign(campaign), 'campaign.json', scenarios)).toEqual(campaign)
  })

  it('the quick one takes less than eight minutes', () => {
    const matrix = campaignMatrix(quick, (before, need) => stages.expectedMs(before, need))
    expect(matrix.expectedMs).toBeLessThan(8 * 60_000)
  })
})
