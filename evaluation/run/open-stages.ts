// The stage that a campaign is on: opened, numbered, watched, and given up when it breaks.
import { type ErrorCode, ShoalError } from '../../src/model/errors.ts'
import type { Stage, StageNeed, Stages } from '../hosts/stage.ts'
import { needKey } from './plan-order.ts'
import type { RunFolder } from './run-folder.ts'
import { reasonOf, type Settled, settle } from './settle.ts'

export interface OpenStage {
  readonly stage: Stage
  /** Of `hosts.ndjson`. */
  readonly number: number
}

export interface OpenStagesOptions {
  readonly stages: Stages
  readonly folder: RunFolder
  readonly signal: AbortSignal
  readonly now: () => number
  readonly say: (line: string) => void
  /** A stage has opened. */
  readonly opened: (expectedMs: number, tookMs: number) => void
}

/** A stage opens within a minute; an opening that hangs must not hold a campaign for a night. */
const openingFactor = 10
const openingLeastMs = 600_000
/** Within which `isWhole` answers, and a bit. */
const wholeMs = 20_000
const closingMs = 120_000
/** How long what was told to end may take to end. */
const graceMs = 30_000
/** Hosts are sampled each second. One that is only slow costs a look whether it is there. */
const silentMs = 3000

export class OpenStages {
  readonly #options: OpenStagesOptions
  /** When each host was sampled last on the current stage. */
  readonly #sampledMs = new Map<string, number>()
  #current: OpenStage | undefined
  #before: StageNeed | undefined
  #hasOpened = false
  #endSamples: () => void = () => {}

  constructor(options: OpenStagesOptions) {
    this.#options = options
  }

  /** Of the stage that was opened last, if any. */
  get before(): StageNeed | undefined {
    return this.#before
  }

  /**
   * @returns the current stage, or a new one; or why there is none, after a second attempt with everything anew
   * @throws ShoalError at the first stage of all, where the error says that no attempt will do: a person has to mend it
   */
  async get(need: StageNeed): Promise<OpenStage | string> {
    const current = this.#current
    if (current !== undefined && needKey(current.stage.need) === needKey(need)) return current
    this.giveUp()
    const opened = await this.#openOrAnew(need)
    if (opened.state !== 'done') {
      const reason = `the stage did not open: ${reasonOf(opened.error)}`
      this.#options.say(reason)
      return reason
    }
    const stage = opened.result
    const number = this.#options.folder.addStage(need, stage.facts)
    this.#endSamples = stage.onSample(({ host }) => this.#sampledMs.set(host, this.#options.now()))
    this.#current = { stage, number }
    return this.#current
  }

  /** The next one is opened anew. */
  giveUp(): void {
    this.#endSamples()
    this.#endSamples = () => {}
    this.#sampledMs.clear()
    this.#current = undefined
  }

  /** A stage that is not whole is given up. @returns whether it is whole */
  async isWhole(): Promise<boolean> {
    const { say, signal } = this.#options
    const stage = this.#current?.stage
    if (stage === undefined) return false
    const patience = { signal, deadlineMs: wholeMs, graceMs }
    const whole = await settle((within) => stage.isWhole(within), patience)
    signal.throwIfAborted()
    if (whole.state === 'done' && whole.result) return true
    say(`the stage is not whole any more${whole.state === 'failed' ? `: ${reasonOf(whole.error)}` : ''}`)
    this.giveUp()
    return false
  }

  /** Hosts that were sampled on this stage, and are not any more: they may have died beside what was measured. */
  silentHosts(): readonly string[] {
    const sinceMs = this.#options.now() - silentMs
    return [...this.#sampledMs].filter(([, sampledMs]) => sampledMs < sinceMs).map(([host]) => host)
  }

  /** Everything is ended. Throws why something would not. */
  async close(): Promise<void> {
    this.giveUp()
    await this.#options.stages.close()
  }

  async #openOrAnew(need: StageNeed): Promise<Settled<Stage>> {
    const { say, signal, stages } = this.#options
    const first = await this.#open(need)
    if (first.state === 'done') return first
    if (!this.#hasOpened && isForPeople(first.error)) throw first.error
    say(`the stage did not open: ${reasonOf(first.error)}; once more, from nothing`)
    const closing = await settle(() => stages.close(), { signal, deadlineMs: closingMs, graceMs })
    signal.throwIfAborted()
    if (closing.state !== 'done') say(`what stood before was not ended: ${reasonOf(closing.error)}`)
    this.#before = undefined
    return await this.#open(need)
  }

  async #open(need: StageNeed): Promise<Settled<Stage>> {
    const { now, opened, say, signal, stages } = this.#options
    const expectedMs = stages.expectedMs(this.#before, need)
    const deadlineMs = Math.max(openingLeastMs, openingFactor * expectedMs)
    say(`opens a stage: ${describeNeed(need)}`)
    const beganMs = now()
    const settled = await settle((within) => stages.open(need, within, say), {
      signal,
      deadlineMs,
      graceMs,
    })
    signal.throwIfAborted()
    if (settled.state === 'done') {
      opened(expectedMs, now() - beganMs)
      this.#hasOpened = true
    }
    this.#before = need
    return settled
  }
}

/** Of what stays as it is, however often it is tried. */
const hopelessCodes: readonly ErrorCode[] = [
  'HOST_KEY_CHANGED',
  'HOST_KEY_UNKNOWN',
  'LAB_EXISTS',
  'LAB_UNFIT',
  'LOGIN_DENIED',
]

function isForPeople(error: unknown): boolean {
  return error instanceof ShoalError && hopelessCodes.includes(error.code)
}

function describeNeed({ link, mode, workers, devices }: StageNeed): string {
  return `${link}, ${mode} mode, ${workers === 1 ? 'one worker' : `${workers} workers`}${devices ? ' with devices' : ''}`
}
