// The quick campaign against its promise, with what the sum of its cells leaves out.
import { expect, it } from 'vitest'
import { chooseCampaign } from '../../../../evaluation/campaign/choose-campaign.ts'
import { campaignMatrix } from '../../../../evaluation/campaign/matrix.ts'
import { labStages } from '../../../../evaluation/hosts/lab-stages.ts'
import { planCells } from '../../../../evaluation/run/plan-cells.ts'
import { planOrder } from '../../../../evaluation/run/plan-order.ts'
import { scenarios } from '../../../../evaluation/scenarios/all.ts'

const campaign = chooseCampaign({ quick: true }, scenarios)
const stages = labStages({ board: 'pi3b' })
/** What a scenario prepares on a stage, as measured on two cores: images, a first activation. */
const preparationMs = 5_000

it('takes less than eight minutes with all that it prepares', () => {
  const { expectedMs } = campaignMatrix(campaign, (before, need) => stages.expectedMs(before, need))
  const blocks = planOrder(planCells(campaign), campaign.seed, () => false)
  const parts = blocks.flatMap((block) => block.parts)
  expect(expectedMs + preparationMs * parts.length).toBeLessThan(8 * 60_000)
})

it('has a rest in its lifecycle, and periods enough in its sensing', () => {
  const settingsOf = (name: string) =>
    campaign.scenarios.find(({ scenario }) => scenario.name === name)?.settings as Record<string, number>
  // A whole second of no moment: those before the activation are of none.
  expect(settingsOf('lifecycle').activateAtSeconds).toBeGreaterThanOrEqual(2)
  // Fewer than three values on a side are compared with nothing.
  const { forSeconds = 0, everySeconds = 1 } = settingsOf('sensing')
  expect(forSeconds / everySeconds).toBeGreaterThanOrEqual(3)
})
