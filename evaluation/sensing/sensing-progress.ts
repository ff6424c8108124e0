// What the person who waits sees: stages as lines, and on a terminal one line that moves, with the time that is left.
import type { Io } from '../../src/cli/io.ts'
import { Progress } from '../../src/cli/progress.ts'
import { countGets, leftMs, type PaperCapability, type SensingMode, type SensingPlan } from './plan.ts'
import type { SensingWatcher } from './run-sensing.ts'

const redrawMs = 1000
const lineKey = 'sensing'

interface Current {
  readonly text: string
  readonly startedAtMs: number
  gets: number
}

export class SensingProgress implements SensingWatcher {
  readonly #io: Pick<Io, 'err' | 'isTerminal'>
  readonly #plan: SensingPlan
  readonly #now: () => number
  readonly #startedAtMs: number
  readonly #progress: Progress
  readonly #doneMs: number[] = []
  #current: Current | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    io: Pick<Io, 'err' | 'isTerminal'>,
    plan: SensingPlan,
    now: () => number = () => performance.now(),
  ) {
    this.#io = io
    this.#plan = plan
    this.#now = now
    this.#startedAtMs = now()
    this.#progress = new Progress(io, now)
  }

  say(line: string): void {
    const seconds = ((this.#now() - this.#startedAtMs) / 1000).toFixed(1)
    this.#progress.say(`${seconds.padStart(6)} s  ${line}`)
  }

  begins(mode: SensingMode, capability: PaperCapability): void {
    const text = `${mode} mode: ${capability}`
    this.#current = { text, startedAtMs: this.#now(), gets: 0 }
    if (!this.#io.isTerminal) this.say(`${text}; ${this.#left()}`)
    else this.#timer = setInterval(() => this.#draw(), redrawMs)
    this.#draw()
  }

  answered(gets: number): void {
    if (this.#current !== undefined) this.#current.gets = gets
    this.#draw()
  }

  ends(): void {
    if (this.#current === undefined) return
    const { text, startedAtMs, gets } = this.#current
    this.#doneMs.push(this.#now() - startedAtMs)
    this.stop()
    if (this.#io.isTerminal) this.say(`${text}: ${gets} requests`)
  }

  /** Nothing moves any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#current = undefined
    this.#progress.clear()
  }

  #draw(): void {
    if (this.#current === undefined || !this.#io.isTerminal) return
    const { text, gets } = this.#current
    this.#progress.show(lineKey, `${text}: ${gets} of ${countGets(this.#plan)} requests; ${this.#left()}`)
  }

  #left(): string {
    const current = this.#current === undefined ? 0 : this.#now() - this.#current.startedAtMs
    return `about ${renderLength(leftMs(this.#plan, this.#doneMs, current))} left`
  }
}

/** `45 s`, `14 min 20 s`: for people. */
export function renderLength(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
