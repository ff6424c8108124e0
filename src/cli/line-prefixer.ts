// Writes bytes as whole lines, each with a prefix, so that several writers do not break into each other's lines.
import { StringDecoder } from 'node:string_decoder'

/** A line that has grown longer than this is written in pieces: memory stays bounded. */
const longestLine = 1 << 16

export class LinePrefixer {
  readonly #prefix: string
  readonly #write: (text: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  constructor(prefix: string, write: (text: string) => void) {
    this.#prefix = prefix
    this.#write = write
  }

  write(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > longestLine) {
      lines.push(this.#rest)
      this.#rest = ''
    }
    if (lines.length > 0) this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(''))
  }

  /** Writes what had no line end yet. */
  end(): void {
    this.#rest += this.#decoder.end()
    if (this.#rest !== '') this.#write(`${this.#prefix}${this.#rest}\n`)
    this.#rest = ''
  }
}
