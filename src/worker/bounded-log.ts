// A log file that never takes more than twice its limit: what is full becomes the one before.
import { appendFileSync, renameSync, statSync } from 'node:fs'

export class BoundedLog {
  readonly #file: string
  readonly #mostBytes: number
  #bytes: number | undefined

  constructor(file: string, mostBytes: number) {
    this.#file = file
    this.#mostBytes = mostBytes
  }

  /** A full disk costs lines, nothing else. */
  write(line: string): void {
    const text = `${line}\n`
    try {
      this.#bytes ??= statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0
      if (this.#bytes > 0 && this.#bytes + text.length > this.#mostBytes) {
        renameSync(this.#file, `${this.#file}.1`)
        this.#bytes = 0
      }
      appendFileSync(this.#file, text, { mode: 0o600 })
      this.#bytes += Buffer.byteLength(text)
    } catch {
      this.#bytes = undefined
    }
  }
}
