// A part of a campaign that answers for figures of its own: which cells it is made of, how one is run, what its records come down to.
import type * as z from 'zod/mini'
import type { HostSample, Stage, StageNeed } from '../hosts/stage.ts'
import type { Figure } from '../report/figure.ts'
import type { Factors, Observed, Origin } from './observation.ts'

/** The smallest thing that is run, recorded, failed and resumed as a whole. */
export interface Cell {
  /** Unique in a campaign and the same at every plan of it; letters, digits, dots, dashes and slashes: `computation/wlan/pair/average/3`. */
  readonly id: string
  readonly scenario: string
  readonly need: StageNeed
  readonly factors: Factors
  /** From 1; 0 is a warm-up, whose records are kept and never counted. */
  readonly repetition: number
  /** In the lab on a quiet machine, everything of `run` included. */
  readonly expectedMs: number
}

/** A line of a cell's raw file. `elapsed_ms` is by the runner's monotonic clock since the cell began, put on by the runner. */
export type RawRecord = { readonly type: string; readonly elapsed_ms: number } & Readonly<
  Record<string, unknown>
>

/** A record as a scenario emits it, without the time. `sample` (HostSample flattened by the runner) and `cell` are the runner's own types. */
export type EmittedRecord = { readonly type: string } & Readonly<Record<string, unknown>>

export interface CellContext {
  readonly stage: Stage
  readonly seed: number
  readonly signal: AbortSignal
  /** On disk when it returns. */
  readonly emit: (record: EmittedRecord) => void
}

/** A record `{type: 'mark', name}`: a moment that a course shows. */
export interface MarkRecord {
  readonly type: 'mark'
  readonly name: string
}

/** A record `{type: 'sample', ...}` of the runner: what each host's sampler said while the cell ran. */
export type SampleRecord = { readonly type: 'sample'; readonly elapsed_ms: number } & HostSample

/** What a finished cell left behind, for `observe`. */
export interface CellRecords {
  readonly cell: Cell
  /** Where its numbers come from: `emulated` in the lab, `measured` on real hosts. Power has its own. */
  readonly origin: Origin
  /** By host; undefined where nothing tells power. */
  readonly powerOrigin: Readonly<Record<string, Origin | undefined>>
  readonly records: readonly RawRecord[]
}

export interface Scenario<Settings = unknown> {
  /** As in a campaign: `response-time`. */
  readonly name: string
  readonly title: string
  /** What of the paper it repeats: `Fig. 5`; `beyond the paper` where nothing. */
  readonly paper: string
  /** Strict, every key with a default: the paper's. Keys are camelCase with units; factors are `links`, `modes`, `operations`, `sizes`, `repetitions`. */
  readonly settings: z.ZodMiniType<Settings>
  plan(settings: Settings): readonly Cell[]
  /**
   * Before the first of its cells on a stage (images, a service that stays for all of them). What it returns ends that, and is called whatever
   * happens. Left out: nothing to do.
   */
  prepare?(
    settings: Settings,
    cells: readonly Cell[],
    context: Omit<CellContext, 'emit'>,
  ): Promise<() => Promise<void>>
  /** Throws where the cell failed; records until then stay. Leaves nothing of its own running. */
  run(settings: Settings, cell: Cell, context: CellContext): Promise<void>
  /** Pure: of the records alone. */
  observe(settings: Settings, records: CellRecords): Observed
  /** Pure. `observed` holds what `observe` gave for all its cells, warm-ups left out. */
  figures(settings: Settings, observed: Observed): readonly Figure[]
}
