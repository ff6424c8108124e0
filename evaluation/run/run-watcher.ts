// What a run tells while it goes on. Whoever shows it to people decides how.
import type { Cell } from '../scenarios/scenario.ts'
import type { CellOutcome } from './run.ts'

export interface RunProgress {
  /** Cells that are done, those of earlier commands on the same folder too. */
  readonly done: number
  readonly failed: number
  /** `done`, `failed`, and what is left: the cell that runs, and warm-ups that a new stage needs again, included. */
  readonly total: number
  /** Stages that are still to be opened included; corrected by how long the cells before took. */
  readonly expectedMsLeft: number
}

export interface RunWatcher {
  /** A line that stays: a stage that opens, what its hosts do meanwhile, a scenario that is prepared, a stage that broke. */
  readonly say: (line: string) => void
  readonly cellBegins: (cell: Cell, progress: RunProgress) => void
  /** `progress` counts it. */
  readonly cellEnds: (cell: Cell, outcome: CellOutcome, progress: RunProgress) => void
}
