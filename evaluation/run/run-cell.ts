// One cell on a stage: its records and the stage's samples go into its raw file as they come; what it ends with is told, never thrown.
import { createHash } from 'node:crypto'
import type { Cell, EmittedRecord, Scenario } from '../scenarios/scenario.ts'
import type { OpenStage } from './open-stages.ts'
import type { CellOutcome } from './run.ts'
import type { CellFile, RunFolder } from './run-folder.ts'
import { reasonOf, settle } from './settle.ts'

export interface RunClock {
  /** Milliseconds by a clock that is never set. */
  readonly now: () => number
  /** Milliseconds since 1970 by the machine's clock. */
  readonly wallMs: () => number
}

export interface RunLimits {
  /** From the beginning of a cell to the moment it is told to end. */
  readonly deadlineMs: (cell: Cell) => number
  /** From then until it is left alone. */
  readonly graceMs: number
}

export interface CellTask {
  readonly scenario: Scenario
  readonly settings: unknown
  readonly cell: Cell
  /** Of the campaign. */
  readonly seed: number
  readonly stage: OpenStage
  readonly folder: RunFolder
  readonly clock: RunClock
  readonly limits: RunLimits
  readonly signal: AbortSignal
  /** Comes when a host of the stage is gone: the cell has failed then. */
  readonly died: AbortSignal
}

export interface CellRun {
  readonly outcome: CellOutcome
  /** It does not end: what it does on the stage is not known. */
  readonly isStuck: boolean
}

/** Less than this is what keeping time in step with others does all day. */
const smallestStepMs = 100

/** Records of these types are the runner's own. */
const ownTypes = ['cell', 'sample']

/**
 * The raw file is on disk when it returns; the outcome is for the caller to write.
 * @throws the signal's reason where it came; the folder's `failure` where nothing can be written any more
 */
export async function runCell(task: CellTask): Promise<CellRun> {
  const { cell, clock, folder, limits, scenario, settings, signal, stage } = task
  const file = folder.beginCell(cell)
  try {
    const beganMs = clock.now()
    const wallMs = clock.wallMs()
    const stop = new AbortController()
    const recorder = new Recorder(file, () => clock.now() - beganMs, stop)
    const startedAt = new Date(wallMs).toISOString()
    const seed = seedOf(task)
    const { id, factors, repetition } = cell
    recorder.add({
      type: 'cell',
      id,
      scenario: cell.scenario,
      factors,
      repetition,
      seed,
      stage: stage.number,
      startedAt,
    })
    const endSamples = stage.stage.onSample((sample) => recorder.addSample(sample))
    const settled = await settle(
      (within) =>
        scenario.run(settings, cell, { stage: stage.stage, seed, signal: within, emit: recorder.emit }),
      {
        signal: AbortSignal.any([signal, stop.signal, task.died]),
        deadlineMs: limits.deadlineMs(cell),
        graceMs: limits.graceMs,
      },
    )
    endSamples()
    recorder.end()
    signal.throwIfAborted()
    if (folder.failure !== undefined) throw folder.failure
    const tookMs = clock.now() - beganMs
    const stepMs = Math.round(clock.wallMs() - wallMs - tookMs)
    file.sync()
    const outcome = {
      id,
      ...(settled.state === 'done'
        ? { state: settled.state }
        : { state: settled.state, reason: reasonOf(settled.error) }),
      startedAt,
      tookMs: Math.round(tookMs),
      ...(Math.abs(stepMs) > smallestStepMs ? { clockStepMs: stepMs } : {}),
      stage: stage.number,
    }
    return { outcome, isStuck: settled.state === 'failed' && settled.isStuck }
  } finally {
    file.close()
  }
}

/** Puts the time on records, and writes until the cell ends. */
class Recorder {
  readonly #file: CellFile
  readonly #elapsedMs: () => number
  readonly #stop: AbortController
  #hasEnded = false

  constructor(file: CellFile, elapsedMs: () => number, stop: AbortController) {
    this.#file = file
    this.#elapsedMs = elapsedMs
    this.#stop = stop
  }

  readonly emit = (record: EmittedRecord): void => {
    if (this.#hasEnded) throw new Error(`the cell has ended: its record of type ${record.type} is late`)
    if (ownTypes.includes(record.type))
      throw new Error(`a scenario cannot emit a record of type ${record.type}`)
    this.add(record)
  }

  /** Whoever samples has nothing to do with what becomes of it. */
  addSample(sample: object): void {
    if (this.#hasEnded) return
    try {
      this.add({ type: 'sample', ...sample })
    } catch (error) {
      this.#stop.abort(error)
    }
  }

  add({ type, ...rest }: EmittedRecord): void {
    // Microseconds: finer than what is measured here.
    const elapsed_ms = Math.round(this.#elapsedMs() * 1000) / 1000
    try {
      this.#file.add({ type, ...rest, elapsed_ms })
    } catch (error) {
      // Whatever the scenario makes of it: a cell without its records is worth nothing.
      this.#stop.abort(error)
      throw error
    }
  }

  end(): void {
    this.#hasEnded = true
  }
}

/** Of the cell, so that each repetition draws other numbers, and the same ones in every run of the campaign. */
function seedOf({ seed, cell }: CellTask): number {
  return createHash('sha256').update(`${seed} ${cell.id}`).digest().readUInt32BE()
}
