// One command line of `shoal evaluate` from its words to the report: which campaign, on which hosts, into which folder.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Io, ProgramExit } from '../../src/cli/io.ts'
import { packageVersion } from '../../src/cli/package-version.ts'
import { ShoalError } from '../../src/model/errors.ts'
import { describeRun } from '../describe-run.ts'
import type { Stages } from '../hosts/stage.ts'
import { planCells } from '../run/plan-cells.ts'
import { readCampaign } from '../run/read-run.ts'
import type { Campaign } from '../run/run.ts'
import { factsFile } from '../run/run-files.ts'
import { RunFolder } from '../run/run-folder.ts'
import type { RunProgress } from '../run/run-watcher.ts'
import { scenarios } from '../scenarios/all.ts'
import type { Cell } from '../scenarios/scenario.ts'
import { CampaignProgress } from './campaign-progress.ts'
import { type CampaignChoice, chooseCampaign, isChoice } from './choose-campaign.ts'
import { assertReady, chooseStages } from './choose-stages.ts'
import { continueLine, nearPath } from './continue-line.ts'
import { campaignMatrix } from './matrix.ts'
import { renderExpected, renderMatrix } from './render-matrix.ts'
import { refuseOtherCampaign } from './same-campaign.ts'

export interface EvaluateOptions extends CampaignChoice {
  readonly output?: string
  readonly inventory?: string
  readonly dryRun?: true
  readonly json?: true
}

/** By the signal that ended the command, as shells have it. */
const stoppedBy: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export async function evaluate(io: Io, options: EvaluateOptions): Promise<void> {
  if (options.quick && options.file !== undefined) throw bothCampaigns()
  const goesOn = options.output !== undefined && existsSync(join(options.output, factsFile))
  const campaign = goesOn
    ? campaignOfRun(resolve(options.output), options)
    : chooseCampaign(options, scenarios)
  const stages = await chooseStages(campaign, options.inventory, io)
  stages.check(planCells(campaign).map(({ need }) => need))
  if (options.dryRun) {
    const matrix = campaignMatrix(campaign, (before, need) => stages.expectedMs(before, need))
    const { name, seed, board } = campaign
    io.out(
      options.json
        ? `${JSON.stringify({ name, seed, board, ...matrix }, undefined, 2)}\n`
        : renderMatrix(campaign, matrix),
    )
    return
  }
  await assertReady(campaign, stages)
  const folder = openFolder(campaign, stages, options.output, goesOn)
  const { failed } = await measure(io, { campaign, stages, folder, inventory: options.inventory })
  // Drawing needs much that nobody should wait for at the start.
  const { makeReport } = await import('./make-report.ts')
  const { renderReport } = await import('./render-report.ts')
  const report = await makeReport([folder.path], undefined, scenarios)
  io.out(
    options.json
      ? `${JSON.stringify({ run: folder.path, failed, ...report }, undefined, 2)}\n`
      : renderReport(report),
  )
  if (failed > 0) throw cellsFailed(failed, folder.path, options.inventory)
}

/** Its own, as it was resolved when it began. */
function campaignOfRun(folder: string, choice: CampaignChoice): Campaign {
  const stored = readCampaign(folder, scenarios)
  if (isChoice(choice)) refuseOtherCampaign(folder, stored, chooseCampaign(choice, scenarios))
  return stored
}

function openFolder(
  campaign: Campaign,
  { kind }: Stages,
  output: string | undefined,
  goesOn: boolean,
): RunFolder {
  const setting = describeRun()
  const facts = { format: 1, shoal: packageVersion(), kind, setting } as const
  const usual = `${campaign.name}-${setting.startedAt.slice(0, 19).replaceAll(':', '-')}`
  const path = resolve(output ?? usual)
  return goesOn ? RunFolder.resume(path, facts) : RunFolder.create(path, facts, campaign)
}

interface Measuring {
  readonly campaign: Campaign
  readonly stages: Stages
  readonly folder: RunFolder
  readonly inventory: string | undefined
}

async function measure(io: Io, { campaign, stages, folder, inventory }: Measuring): Promise<RunProgress> {
  const all = planCells(campaign)
  const isDone = (cell: Cell) => folder.outcome(cell)?.state === 'done'
  const matrix = campaignMatrix(campaign, (before, need) => stages.expectedMs(before, need), isDone)
  const done = all.filter(isDone).length
  io.err(`campaign ${campaign.name}: ${renderExpected(matrix)}`)
  if (done > 0) io.err(`${done} of ${all.length} cells are done already\n`)
  io.err(`raw records go to ${nearPath(folder.path)}\n`)
  const watcher = new CampaignProgress(io)
  try {
    io.signal.throwIfAborted()
    const { runCampaign } = await import('../run/run-campaign.ts')
    const now = () => performance.now()
    return await runCampaign({ campaign, stages, folder, signal: io.signal, watcher, now, wallMs: Date.now })
  } catch (error) {
    const isWritable = !(error instanceof ShoalError && error.code === 'FILE_UNWRITABLE')
    if (!io.signal.aborted || !isWritable) throw error
    watcher.stop()
    const kept = all.filter(isDone).length
    const goesOn = continueLine(folder.path, inventory)
    io.err(
      `stopped; ${kept} of ${all.length} cells are done and kept. This goes on where it was:\n  ${goesOn}\n`,
    )
    throw new ProgramExit(stoppedBy[String(io.signal.reason)] ?? 1)
  } finally {
    watcher.stop()
    folder.close()
  }
}

function bothCampaigns(): ShoalError {
  return new ShoalError('USAGE', {
    action: 'read',
    object: 'the command line',
    reason: '--quick is a campaign of its own, and a file is named as well',
    nextStep: 'leave out one of them',
  })
}

/** After the report has been written: the exit code says that it is not whole. */
function cellsFailed(failed: number, folder: string, inventory: string | undefined): ShoalError {
  return new ShoalError('CELLS_FAILED', {
    action: 'measure',
    object: failed === 1 ? 'one cell' : `${failed} cells`,
    reason: 'they failed, and the report counts them; the reasons are in its list of failures',
    nextStep: `${continueLine(folder, inventory)} tries them again`,
  })
}
