// What became of each cell: into the folder, to the tally, and to whoever watches.
import type { Cell } from '../scenarios/scenario.ts'
import type { OpenStages } from './open-stages.ts'
import type { CellOutcome } from './run.ts'
import type { RunClock } from './run-cell.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunTally } from './run-tally.ts'
import type { RunWatcher } from './run-watcher.ts'

export interface CellLogOptions {
  readonly folder: RunFolder
  readonly tally: RunTally
  readonly stages: OpenStages
  readonly watcher: RunWatcher
  readonly clock: RunClock
}

/** Of `CellOutcome`: no stage was open. */
export const noStage = -1

export class CellLog {
  readonly #options: CellLogOptions
  readonly #ended = new Set<string>()

  constructor(options: CellLogOptions) {
    this.#options = options
  }

  begins(cell: Cell): void {
    const { stages, tally, watcher } = this.#options
    watcher.cellBegins(cell, tally.progress(stages.before))
  }

  ends(cell: Cell, outcome: CellOutcome): void {
    const { folder, stages, tally, watcher } = this.#options
    folder.addOutcome(outcome)
    tally.ended(cell, outcome)
    this.#ended.add(cell.id)
    watcher.cellEnds(cell, outcome, tally.progress(stages.before))
  }

  /** Of these, the ones that ended are run once more: the stage is a new one. */
  left(cells: readonly Cell[]): void {
    this.#options.tally.left(cells)
  }

  /** They were not even begun; a warm-up that was to be run once more stays as it is. */
  cannotRun(cells: readonly Cell[], reason: string, stage = noStage): void {
    const { clock, folder, tally } = this.#options
    const startedAt = new Date(clock.wallMs()).toISOString()
    for (const cell of cells) {
      if (this.#ended.has(cell.id) || folder.outcome(cell)?.state === 'done') tally.stays(cell)
      else this.ends(cell, { id: cell.id, state: 'failed', reason, startedAt, tookMs: 0, stage })
    }
  }
}
