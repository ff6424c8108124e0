// One command line of `shoal evaluate` from its words to the report: which campaign, on which hosts, into which folder.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Io, ProgramExit } from '../../src/cli/io.ts'
import { packageVersion } from '../../src/cli/package-version.ts'
import { ShoalError } from '../../src/model/errors.ts'
import { describeRun } from '../describe-run.ts'
import type { Stages } from '../hosts/stage.ts'
import { assertReportFolder, usualReportFolder } from '../report/report-folder.ts'
import { planCells } from '../run/plan-cells.ts'
import { planOrder } from '../run/plan-order.ts'
import { readOutcomes } from '../run/read-files.ts'
import { readCampaign } from '../run/read-run.ts'
import type { Campaign, RunFacts } from '../run/run.ts'
import { factsFile } from '../run/run-files.ts'
import { RunFolder } from '../run/run-folder.ts'
import type { RunProgress } from '../run/run-watcher.ts'
import { scenarios } from '../scenarios/all.ts'
import type { Cell } from '../scenarios/scenario.ts'
import { assertGoesOn } from './assert-goes-on.ts'
import { CampaignProgress } from './campaign-progress.ts'
import { type CampaignChoice, chooseCampaign, isChoice } from './choose-campaign.ts'
import { chooseStages, readInventory } from './choose-stages.ts'
import { continueLine, nearPath, reportLine } from './continue-line.ts'
import { campaignFitter } from './fit-campaign.ts'
import type { MadeReport } from './make-report.ts'
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
  const { inventory } = options
  const facts = factsOf(inventory)
  const output = options.output === undefined ? undefined : resolve(options.output)
  /** The run that goes on. */
  const stored = output !== undefined && existsSync(join(output, factsFile)) ? output : undefined
  if (stored !== undefined) assertGoesOn(stored, facts)
  const hosts = inventory === undefined ? undefined : await readInventory(inventory)
  const fit = hosts && campaignFitter(hosts, (line) => io.err(`${line}\n`))
  const choose = () => chooseCampaign(options, scenarios, fit)
  const campaign =
    stored === undefined ? choose() : campaignOfRun(stored, isChoice(options) ? choose() : undefined)
  const stages = await chooseStages(campaign, hosts, io)
  const cells = planCells(campaign)
  stages.check(cells.map(({ need }) => need))
  const outcomes = stored === undefined ? undefined : readOutcomes(stored)
  const isDone = ({ id }: Cell) => outcomes?.get(id)?.state === 'done'
  const matrix = campaignMatrix(campaign, (before, need) => stages.expectedMs(before, need), isDone)
  const done = cells.filter(isDone).length
  if (options.dryRun) {
    const { name, seed, board } = campaign
    io.out(
      options.json
        ? `${JSON.stringify({ name, seed, board, done, ...matrix }, undefined, 2)}\n`
        : `${renderMatrix(campaign, matrix)}${renderDone(done, cells.length)}`,
    )
    return
  }
  const needs = planOrder(cells, campaign.seed, isDone).map(({ need }) => need)
  if (stored !== undefined) assertReportFolder(join(stored, usualReportFolder), [stored])
  if (needs.length > 0) await stages.assertReady?.(needs, io.signal, (line) => io.err(`${line}\n`))
  const path =
    output ?? resolve(`${campaign.name}-${facts.setting.startedAt.slice(0, 19).replaceAll(':', '-')}`)
  const folder =
    stored === undefined ? RunFolder.create(path, facts, campaign) : RunFolder.resume(path, facts)
  io.err(`campaign ${campaign.name}: ${renderExpected(matrix)}${renderDone(done, cells.length)}`)
  io.err(`raw records go to ${nearPath(path)}\n`)
  const { failed } = await measure(io, { campaign, stages, folder, inventory })
  const report = await reportOf(io, path)
  const { renderReport } = await import('./render-report.ts')
  io.out(
    options.json
      ? `${JSON.stringify({ run: path, failed, ...report }, undefined, 2)}\n`
      : renderReport(report),
  )
  if (failed > 0) throw cellsFailed(failed, path, inventory)
}

function factsOf(inventory: string | undefined): RunFacts {
  const kind = inventory === undefined ? 'lab' : 'real'
  return { format: 1, shoal: packageVersion(), kind, setting: describeRun() }
}

/** Its own, as it was resolved when it began. */
function campaignOfRun(folder: string, asked: Campaign | undefined): Campaign {
  const stored = readCampaign(folder, scenarios)
  if (asked !== undefined) refuseOtherCampaign(folder, stored, asked)
  return stored
}

interface Measuring {
  readonly campaign: Campaign
  readonly stages: Stages
  readonly folder: RunFolder
  readonly inventory: string | undefined
}

async function measure(io: Io, { campaign, stages, folder, inventory }: Measuring): Promise<RunProgress> {
  const watcher = new CampaignProgress(io)
  io.signal.addEventListener('abort', watcher.stopping)
  try {
    io.signal.throwIfAborted()
    const { runCampaign } = await import('../run/run-campaign.ts')
    const now = () => performance.now()
    return await runCampaign({ campaign, stages, folder, signal: io.signal, watcher, now, wallMs: Date.now })
  } catch (error) {
    const isWritable = !(error instanceof ShoalError && error.code === 'FILE_UNWRITABLE')
    if (!io.signal.aborted || !isWritable) throw error
    watcher.stop()
    const all = planCells(campaign)
    const kept = all.filter((cell) => folder.outcome(cell)?.state === 'done').length
    const goesOn = continueLine(folder.path, inventory)
    io.err(
      `stopped; ${kept} of ${all.length} cells are done and kept. This goes on where it was:\n  ${goesOn}\n`,
    )
    throw stopped(io)
  } finally {
    io.signal.removeEventListener('abort', watcher.stopping)
    watcher.stop()
    folder.close()
  }
}

async function reportOf(io: Io, run: string): Promise<MadeReport> {
  // Drawing needs much that nobody should wait for at the start.
  const { makeReport } = await import('./make-report.ts')
  try {
    return await makeReport([run], undefined, scenarios, io.signal)
  } catch (error) {
    if (error instanceof ShoalError || !io.signal.aborted) throw error
    io.err(`stopped; everything is measured and kept. This makes the report:\n  ${reportLine([run])}\n`)
    throw stopped(io)
  }
}

function stopped({ signal }: Io): ProgramExit {
  return new ProgramExit(stoppedBy[String(signal.reason)] ?? 1)
}

function renderDone(done: number, all: number): string {
  return done === 0 ? '' : `${done} of ${all} cells are done already\n`
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
