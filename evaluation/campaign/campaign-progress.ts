// What the person who waits sees: stages and failures as lines, and on a terminal one line that moves, with the time that is left.
import type { Io } from '../../src/cli/io.ts'
import { Progress } from '../../src/cli/progress.ts'
import type { CellOutcome } from '../run/run.ts'
import type { RunProgress, RunWatcher } from '../run/run-watcher.ts'
import type { Cell } from '../scenarios/scenario.ts'
import { renderLength } from './length.ts'

const redrawMs = 1000
/** Without a terminal: a log of hours stays readable. */
const quietMs = 10_000
const lineKey = 'campaign'

export class CampaignProgress implements RunWatcher {
  readonly #io: Pick<Io, 'err' | 'isTerminal'>
  readonly #now: () => number
  readonly #startedAtMs: number
  readonly #progress: Progress
  #saidAtMs = Number.NEGATIVE_INFINITY
  #current: { readonly words: string; readonly atMs: number; readonly progress: RunProgress } | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(io: Pick<Io, 'err' | 'isTerminal'>, now: () => number = () => performance.now()) {
    this.#io = io
    this.#now = now
    this.#startedAtMs = now()
    this.#progress = new Progress(io, now)
  }

  readonly say = (line: string): void => {
    this.#progress.say(`${renderClock(this.#now() - this.#startedAtMs)}  ${line}`)
  }

  readonly cellBegins = (cell: Cell, progress: RunProgress): void => {
    this.#show(cell.id, progress)
    if (this.#isStopping) return
    if (this.#io.isTerminal) this.#timer ??= setInterval(() => this.#draw(), redrawMs)
    else if (this.#now() - this.#saidAtMs >= quietMs) {
      this.say(this.#line())
      this.#saidAtMs = this.#now()
    }
  }

  readonly cellEnds = (cell: Cell, { state, reason }: CellOutcome, progress: RunProgress): void => {
    this.#show(cell.id, progress)
    if (state === 'failed') this.say(`failed: ${cell.id}: ${reason ?? 'for no reason that is known'}`)
  }

  /** Somebody wants the end: what was started is ended first, which takes its time. */
  readonly stopping = (): void => {
    this.#isStopping = true
    this.stop()
    this.say('stopping: ends what was started; a second Ctrl-C would leave that behind')
  }

  /** Nothing moves any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#current = undefined
    this.#progress.clear()
  }

  #show(words: string, progress: RunProgress): void {
    // How long the rest would take is no news any more.
    if (this.#isStopping) return
    this.#current = { words, atMs: this.#now(), progress }
    this.#draw()
  }

  #draw(): void {
    if (this.#current !== undefined && this.#io.isTerminal) this.#progress.show(lineKey, this.#line())
  }

  /** `12 of 132 done, 2 failed, about 5 min 30 s left: computation/wlan/pair/average/3` */
  #line(): string {
    if (this.#current === undefined) return ''
    const { words, atMs, progress } = this.#current
    const { done, failed, total, expectedMsLeft } = progress
    const failures = failed === 0 ? '' : `, ${failed} failed`
    const left = renderLength(Math.max(0, expectedMsLeft - (this.#now() - atMs)))
    return `${done} of ${total} done${failures}, about ${left} left: ${words}`
  }
}

/** `  4:05`, `1:02:00` since the start. */
function renderClock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
  return text.padStart(7)
}
