// Progress of long work, on stderr: lines that move on a terminal, plain lines of what begins and what is done without one.
import process from 'node:process'
import type { Io } from './io.ts'

/** A terminal needs no more than this to look alive. */
const redrawMs = 50

/** The bar takes what the words leave of the line, within these. */
const widestBar = 24
const narrowestBar = 8

export interface Transfer {
  readonly doneBytes: number
  readonly totalBytes: number | undefined
}

interface Item {
  text: string
  transfer: Transfer | undefined
  readonly startedAtMs: number
}

export class Progress {
  readonly #io: Pick<Io, 'err' | 'isTerminal'>
  readonly #now: () => number
  readonly #columns: () => number
  readonly #items = new Map<string, Item>()
  #drawnLines = 0
  #drawnAtMs = Number.NEGATIVE_INFINITY

  constructor(
    io: Pick<Io, 'err' | 'isTerminal'>,
    now: () => number = () => performance.now(),
    // A terminal of unknown size says 0.
    columns: () => number = () => process.stderr.columns || 80,
  ) {
    this.#io = io
    this.#now = now
    this.#columns = columns
  }

  /**
   * What is under way now, in place of what was under way under the same key.
   * @param text `root@worker1: sends shoal/compute:0.1.0`
   */
  show(key: string, text: string, transfer?: Transfer): void {
    const item = this.#items.get(key)
    const isNew = item?.text !== text
    if (isNew) this.#items.set(key, { text, transfer, startedAtMs: this.#now() })
    else item.transfer = transfer
    if (!this.#io.isTerminal) {
      if (isNew) this.#io.err(`${text}${sizeOf(transfer)}\n`)
      return
    }
    const isDone = transfer !== undefined && transfer.doneBytes === transfer.totalBytes
    if (isNew || isDone || this.#now() - this.#drawnAtMs >= redrawMs) this.#draw()
  }

  /** Nothing is under way under this key any more. */
  end(key: string): void {
    if (this.#items.delete(key) && this.#io.isTerminal) this.#draw()
  }

  /** A line that stays. */
  say(text: string): void {
    this.#erase()
    this.#io.err(`${text}\n`)
    if (this.#io.isTerminal) this.#draw()
  }

  /** Takes everything that moves off the terminal. */
  clear(): void {
    this.#items.clear()
    this.#erase()
  }

  #draw(): void {
    this.#erase()
    this.#drawnAtMs = this.#now()
    const columns = this.#columns() - 1
    const lines = [...this.#items.values()].map((item) =>
      clip(renderItem(item, this.#now(), columns), columns),
    )
    this.#io.err(lines.map((line) => `${line}\n`).join(''))
    this.#drawnLines = lines.length
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#io.err(`\x1b[${this.#drawnLines}A\x1b[J`)
    this.#drawnLines = 0
  }
}

/** `root@worker1: sends shoal/compute:0.1.0 [####........]  29 %  12.4 of 42.7 MB  11.2 MB/s` */
function renderItem({ text, transfer, startedAtMs }: Item, nowMs: number, columns: number): string {
  if (transfer === undefined) return text
  const { doneBytes, totalBytes } = transfer
  const speed = `${megabytes(doneBytes / Math.max(1e-3, (nowMs - startedAtMs) / 1000))} MB/s`
  if (totalBytes === undefined || totalBytes === 0) return `${text}  ${megabytes(doneBytes)} MB  ${speed}`
  const share = Math.min(1, doneBytes / totalBytes)
  const percent = `${Math.floor(share * 100)}`.padStart(3)
  const words = `${percent} %  ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB  ${speed}`
  const width = Math.max(
    narrowestBar,
    Math.min(widestBar, columns - text.length - words.length - ' [] '.length),
  )
  const filled = Math.floor(share * width)
  return `${text} [${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${words}`
}

function sizeOf(transfer: Transfer | undefined): string {
  return transfer?.totalBytes === undefined ? '' : ` (${megabytes(transfer.totalBytes)} MB)`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

/** A line that wraps could not be taken back. */
function clip(line: string, columns: number): string {
  return line.length > columns ? line.slice(0, Math.max(0, columns)) : line
}
