// What of a campaign is done, failed and left, and how long the rest takes.
import type { StageNeed, Stages } from '../hosts/stage.ts'
import type { Cell } from '../scenarios/scenario.ts'
import { type Block, needKey } from './plan-order.ts'
import type { CellOutcome } from './run.ts'
import type { RunProgress } from './run-watcher.ts'
import { type Expected, TimeLeft } from './time-left.ts'

const openings = 'openings of stages'

/** The folder of a run. */
export interface OutcomeSource {
  outcome(cell: Cell): CellOutcome | undefined
}

export class RunTally {
  readonly #cells: readonly Cell[]
  readonly #folder: OutcomeSource
  readonly #stages: Pick<Stages, 'expectedMs'>
  /** In the order of the plan. */
  readonly #order: readonly Cell[]
  readonly #left: Set<string>
  readonly #time = new TimeLeft()

  constructor(
    cells: readonly Cell[],
    blocks: readonly Block[],
    folder: OutcomeSource,
    stages: Pick<Stages, 'expectedMs'>,
  ) {
    this.#cells = cells
    this.#folder = folder
    this.#stages = stages
    this.#order = blocks.flatMap(({ parts }) => parts.flatMap((part) => part.cells))
    this.#left = new Set(this.#order.map(({ id }) => id))
  }

  opened(expectedMs: number, tookMs: number): void {
    this.#time.took({ kind: openings, expectedMs }, tookMs)
  }

  /** Cells that are to be run; those that ended already too. */
  left(cells: readonly Cell[]): void {
    for (const { id } of cells) this.#left.add(id)
  }

  /** What was to be run once more, and cannot be. */
  stays({ id }: Cell): void {
    this.#left.delete(id)
  }

  ended(cell: Cell, outcome: CellOutcome): void {
    this.#left.delete(cell.id)
    // How long a cell takes that works; one that breaks off says nothing.
    if (outcome.state === 'done') this.#time.took(expectedOf(cell), outcome.tookMs)
  }

  /** @param standing the need of the stage that is open, if any */
  progress(standing: StageNeed | undefined): RunProgress {
    const ended = this.#cells.filter(({ id }) => !this.#left.has(id))
    const count = (state: CellOutcome['state']) =>
      ended.filter((cell) => this.#folder.outcome(cell)?.state === state).length
    return {
      done: count('done'),
      failed: count('failed'),
      total: this.#cells.length,
      expectedMsLeft: this.#time.of(this.#expected(standing)),
    }
  }

  #expected(standing: StageNeed | undefined): readonly Expected[] {
    let before = standing
    return this.#order
      .filter(({ id }) => this.#left.has(id))
      .flatMap((cell) => {
        const isOpen = before !== undefined && needKey(before) === needKey(cell.need)
        const opening = {
          kind: openings,
          expectedMs: isOpen ? 0 : this.#stages.expectedMs(before, cell.need),
        }
        before = cell.need
        return [opening, expectedOf(cell)]
      })
  }
}

function expectedOf({ scenario, expectedMs }: Cell): Expected {
  return { kind: scenario, expectedMs }
}
