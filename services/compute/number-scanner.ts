// Reads decimal numbers from bytes, one after the other, and knows at which byte it stands. Text and JSON share it.
import { BadNumbers, isSafe, safeRange } from './bad-numbers.ts'

const zero = 0x30
const nine = 0x39
const minus = 0x2d
/** RFC 8259 §6. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** So many decimal digits always fit into a double as they are. */
const exactDigits = 15
const longestQuote = 24

export class NumberScanner {
  readonly #bytes: Buffer
  /** The byte that is read next, from 0. */
  position = 0
  /** How many numbers have been read. */
  count = 0
  readonly #values: Float64Array

  constructor(payload: Uint8Array) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    // A number and its separator take two bytes at least.
    this.#values = new Float64Array(Math.ceil(payload.byteLength / 2))
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.length
  }

  /** The numbers read so far. */
  values(): Float64Array {
    return this.#values.subarray(0, this.count)
  }

  /** Skips space, tab, line feed and carriage return. */
  skipSpace(): void {
    while (isSpace(this.#bytes[this.position])) this.position++
  }

  /** Skips this one character if it comes next. */
  skip(character: string): boolean {
    if (this.#bytes[this.position] !== character.charCodeAt(0)) return false
    this.position++
    return true
  }

  /**
   * Reads one number in JSON's grammar (RFC 8259 §6) and keeps it.
   * @throws BadNumbers if there is none, or it is not followed by something that ends a number, or it is beyond the safe range.
   */
  readNumber(): void {
    const start = this.position
    const value = this.#readInteger() ?? this.#readDecimal()
    if (value === undefined) throw this.expected('a number', start)
    if (!isSafe(value)) {
      throw new BadNumbers(`${this.#quote(start)} is too large, ${safeRange}`, {
        index: this.count,
        byte: start,
      })
    }
    this.#values[this.count++] = value
  }

  /** The error for something else than what must stand here. */
  expected(what: string, byte = this.position): BadNumbers {
    return new BadNumbers(`expected ${what}, got ${this.#quote(byte)}`, { index: this.count, byte })
  }

  /** The usual case: an integer of few digits. Leaves `position` where it was if this is something else. */
  #readInteger(): number | undefined {
    const bytes = this.#bytes
    const isNegative = bytes[this.position] === minus
    const first = isNegative ? this.position + 1 : this.position
    let end = first
    let value = 0
    for (let byte = bytes[end]; byte !== undefined && byte >= zero && byte <= nine; byte = bytes[++end]) {
      value = value * 10 + (byte - zero)
    }
    const digits = end - first
    const hasLeadingZero = digits > 1 && bytes[first] === zero
    if (digits === 0 || digits > exactDigits || hasLeadingZero || !endsNumber(bytes[end])) return undefined
    this.position = end
    return isNegative ? -value : value
  }

  /** Any other number. Leaves `position` where it was if there is none. */
  #readDecimal(): number | undefined {
    const end = this.#endOfWord(this.position)
    const word = this.#bytes.toString('latin1', this.position, end)
    if (!jsonNumber.test(word)) return undefined
    this.position = end
    return Number(word)
  }

  #endOfWord(from: number): number {
    let end = from
    while (!endsNumber(this.#bytes[end])) end++
    return end
  }

  /** The word at `byte` for an error message: what a terminal can print, not too long. */
  #quote(byte: number): string {
    const bytes = this.#bytes
    if (byte >= bytes.length) return 'the end'
    const wordEnd = Math.max(this.#endOfWord(byte), byte + 1)
    const end = Math.min(wordEnd, byte + longestQuote)
    const word = bytes
      .subarray(byte, end)
      .toString('utf8')
      .replace(/[^\x20-\x7e\u00a0-\ufffc]/g, '?')
    return `'${word}${end < wordEnd ? '…' : ''}'`
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Space, a comma, a closing bracket or the end. */
function endsNumber(byte: number | undefined): boolean {
  return byte === undefined || byte === 0x2c || byte === 0x5d || isSpace(byte)
}
