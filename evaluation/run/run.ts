// A run as it lies on the disk: the plan, what became of each cell, and the raw records. A report is computed of this alone.
import type { RunDescription } from '../describe-run.ts'
import type { HostFacts } from '../hosts/stage.ts'
import type { Cell, RawRecord, Scenario } from '../scenarios/scenario.ts'

/** A campaign with every setting in force. */
export interface Campaign {
  readonly name: string
  readonly seed: number
  /** Power model of lab hosts: `pi3b`. */
  readonly board: string
  readonly scenarios: readonly { readonly scenario: Scenario; readonly settings: unknown }[]
}

/** `run.json`, written before anything is measured. */
export interface RunFacts {
  readonly format: 1
  readonly shoal: string
  readonly kind: 'lab' | 'real'
  readonly setting: RunDescription
}

/** A line of `cells.ndjson`, written when a cell has ended. The last line of a cell counts. */
export interface CellOutcome {
  readonly id: string
  readonly state: 'done' | 'failed'
  readonly reason?: string
  readonly startedAt: string
  readonly tookMs: number
  /** How far the machine's clock was set while it ran; left out below 100 ms. */
  readonly clockStepMs?: number
  /** Of `hosts.ndjson`: which facts hold for its stage; -1 where it failed because none could be had. */
  readonly stage: number
}

export interface Run {
  readonly folder: string
  readonly facts: RunFacts
  readonly campaign: Campaign
  /** Every cell of the plan; without an outcome it was not run. */
  readonly cells: readonly { readonly cell: Cell; readonly outcome: CellOutcome | undefined }[]
  /** By number of the stage. */
  readonly hosts: readonly (readonly HostFacts[])[]
  /** Of one cell that is done, without the line that says which it is; half a line at the end of a file is left out. */
  records(cell: Cell): readonly RawRecord[]
}
