// The cells of one scenario on one kind of stage: prepared, run, and prepared again where the stage broke and was opened anew.
import type { StageNeed } from '../hosts/stage.ts'
import type { Cell, Scenario } from '../scenarios/scenario.ts'
import type { CellLog } from './cell-log.ts'
import type { OpenStage, OpenStages } from './open-stages.ts'
import { cellsLeft } from './plan-order.ts'
import { type RunClock, type RunLimits, runCell } from './run-cell.ts'
import type { RunFolder } from './run-folder.ts'
import { reasonOf, settle } from './settle.ts'
import { watchHosts } from './watch-hosts.ts'

export interface PartTask {
  readonly scenario: Scenario
  readonly settings: unknown
  readonly need: StageNeed
  readonly cells: readonly Cell[]
}

export interface PartTools {
  /** Of the campaign. */
  readonly seed: number
  readonly folder: RunFolder
  readonly stages: OpenStages
  readonly log: CellLog
  readonly clock: RunClock
  readonly limits: RunLimits
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Images are built and sent then. */
const preparingMs = 600_000
const endingMs = 60_000
/** A warm-up is run again on a stage that was opened anew, but is not the reason for a third one. */
const attempts = 2

/**
 * Every cell has an outcome when it returns.
 * @returns why there is no stage, where none can be had
 * @throws the signal's reason; the folder's `failure`
 */
export async function runPart(task: PartTask, tools: PartTools): Promise<string | undefined> {
  const { log, stages } = tools
  const tried = new Map<Cell, number>()
  let failedPreparations = 0
  for (;;) {
    const left = cellsLeft(task.cells, (cell) => tried.has(cell)).filter(
      (cell) => (tried.get(cell) ?? 0) < attempts,
    )
    if (left.length === 0) return undefined
    log.left(left)
    const stage = await stages.get(task.need)
    if (typeof stage === 'string') {
      log.cannotRun(left, stage)
      return stage
    }
    const prepared = await prepare(task, left, stage, tools)
    if (typeof prepared === 'string') {
      failedPreparations += 1
      const isWhole = await stages.isWhole()
      if (!isWhole && failedPreparations < attempts) continue
      log.cannotRun(left, prepared, stage.number)
      return undefined
    }
    failedPreparations = 0
    try {
      await runCells(task, left, { stage, tried }, tools)
    } finally {
      await endPrepared(task, prepared, tools)
    }
  }
}

/** Until all have run, or the stage broke. */
async function runCells(
  { scenario, settings }: PartTask,
  cells: readonly Cell[],
  { stage, tried }: { readonly stage: OpenStage; readonly tried: Map<Cell, number> },
  { clock, folder, limits, log, seed, signal, stages }: PartTools,
): Promise<void> {
  for (const cell of cells) {
    signal.throwIfAborted()
    log.begins(cell)
    const watch = watchHosts(stages)
    const task = { scenario, settings, cell, seed, stage, folder, clock, limits, signal, died: watch.died }
    const { outcome, isStuck } = await runCell(task).finally(watch.end)
    tried.set(cell, (tried.get(cell) ?? 0) + 1)
    const isDone = outcome.state === 'done'
    const silent = stages.silentHosts()
    // What is stuck may still do something there.
    if (isStuck) stages.giveUp()
    // The watch gave the stage up when it learned of it, were it after the cell had ended.
    const isLost = isStuck || watch.died.aborted
    const isWhole = !isLost && ((isDone && silent.length === 0) || (await stages.isWhole()))
    const reason = watch.died.aborted
      ? reasonOf(watch.died.reason)
      : `${silent.join(', ')} did not answer any more`
    log.ends(cell, isDone && !isWhole ? { ...outcome, state: 'failed', reason } : outcome)
    if (!isWhole) return
  }
}

/** @returns what ends it, or why it failed */
async function prepare(
  { scenario, settings }: PartTask,
  cells: readonly Cell[],
  { stage }: OpenStage,
  { limits, say, seed, signal }: PartTools,
): Promise<(() => Promise<void>) | string> {
  if (scenario.prepare === undefined) return async () => {}
  say(`prepares ${scenario.name}`)
  const settled = await settle(
    async (within) => scenario.prepare?.(settings, cells, { stage, seed, signal: within }),
    { signal, deadlineMs: preparingMs, graceMs: limits.graceMs },
  )
  signal.throwIfAborted()
  if (settled.state === 'done') return settled.result ?? (async () => {})
  const reason = `${scenario.name} could not be prepared: ${reasonOf(settled.error)}`
  say(reason)
  return reason
}

/** What it leaves behind is said, and is no reason to stop. */
async function endPrepared(
  { scenario }: PartTask,
  end: () => Promise<void>,
  { limits, say }: PartTools,
): Promise<void> {
  const settled = await settle(end, { deadlineMs: endingMs, graceMs: limits.graceMs })
  if (settled.state !== 'done')
    say(`${scenario.name} did not end what it had prepared: ${reasonOf(settled.error)}`)
}
