// Runs a campaign into a folder, cell after cell. A cell, a scenario or a stage that fails is counted, and the rest goes on.
import type { Stages } from '../hosts/stage.ts'
import { CellLog } from './cell-log.ts'
import { OpenStages } from './open-stages.ts'
import { planCells } from './plan-cells.ts'
import { type Block, planOrder } from './plan-order.ts'
import type { Campaign } from './run.ts'
import type { RunClock, RunLimits } from './run-cell.ts'
import type { RunFolder } from './run-folder.ts'
import { type PartTools, runPart } from './run-part.ts'
import { RunTally } from './run-tally.ts'
import type { RunProgress, RunWatcher } from './run-watcher.ts'
import { reasonOf } from './settle.ts'

export interface RunOptions extends RunClock {
  readonly campaign: Campaign
  readonly stages: Stages
  readonly folder: RunFolder
  readonly signal: AbortSignal
  readonly watcher: RunWatcher
  readonly limits?: RunLimits
}

/** A machine that is busy makes a cell slow, and the cell still counts; one that hangs costs this much. */
const runLimits: RunLimits = {
  deadlineMs: ({ expectedMs }) => Math.max(3 * expectedMs, expectedMs + 60_000),
  graceMs: 30_000,
}

/**
 * Cells of the folder that are done stay as they are; those that failed are tried once more. Every stage is ended when it returns or throws.
 * @returns what is done and failed; nothing is left
 * @throws the signal's reason: the cell that ran is not marked, and the folder can go on; ShoalError CAMPAIGN_INVALID; FILE_UNWRITABLE, where
 * no record can be written any more
 */
export async function runCampaign(options: RunOptions): Promise<RunProgress> {
  const { campaign, folder, limits = runLimits, now, signal, wallMs, watcher } = options
  const cells = planCells(campaign)
  const blocks = planOrder(cells, campaign.seed, (cell) => folder.outcome(cell)?.state === 'done')
  options.stages.check(blocks.map(({ need }) => need))
  const tally = new RunTally(cells, blocks, folder, options.stages)
  const { say } = watcher
  const opened = (expectedMs: number, tookMs: number) => tally.opened(expectedMs, tookMs)
  const stages = new OpenStages({ stages: options.stages, folder, signal, now, say, opened })
  const clock = { now, wallMs }
  const log = new CellLog({ folder, tally, stages, watcher, clock })
  const tools: PartTools = { seed: campaign.seed, folder, stages, log, clock, limits, signal, say }
  try {
    for (const block of blocks) await runBlock(block, campaign, tools)
  } catch (error) {
    await stages.close().catch((reason: unknown) => say(`the stage was not ended: ${reasonOf(reason)}`))
    throw error
  }
  await stages.close()
  return tally.progress(undefined)
}

/** A stage that cannot be had fails what is left of the block, and nothing else. */
async function runBlock({ need, parts }: Block, { scenarios }: Campaign, tools: PartTools): Promise<void> {
  let noStage: string | undefined
  for (const { scenario: name, cells } of parts) {
    const of = scenarios.find(({ scenario }) => scenario.name === name)
    if (of === undefined)
      throw new Error(`a cell is of the scenario ${name}, which the campaign does not have`)
    if (noStage === undefined) noStage = await runPart({ ...of, need, cells }, tools)
    else tools.log.cannotRun(cells, noStage)
  }
}
