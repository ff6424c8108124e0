// A file of one JSON value a line. Only a line with its end counts, so a writer that was killed leaves nothing that a reader trips over.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { ShoalError } from '../../src/model/errors.ts'

const lineEnd = 0x0a

export class LineFile {
  readonly path: string
  readonly #file: number
  #length: number

  /** Goes on behind the last whole line; half a line at the end is cut off. */
  static append(path: string): LineFile {
    const file = openSync(path, 'a+')
    const length = readFileSync(path).lastIndexOf(lineEnd) + 1
    if (length < fstatSync(file).size) ftruncateSync(file, length)
    return new LineFile(path, file, length)
  }

  /** Begins anew. */
  static begin(path: string): LineFile {
    const file = openSync(path, 'a')
    ftruncateSync(file, 0)
    return new LineFile(path, file, 0)
  }

  private constructor(path: string, file: number, length: number) {
    this.path = path
    this.#file = file
    this.#length = length
  }

  /** The kernel has the whole line when it returns: what kills this process later does not reach it. What it throws leaves no part of the line. */
  add(value: unknown): void {
    const line = Buffer.from(`${JSON.stringify(value)}\n`)
    try {
      // A file system that is nearly full takes a part, and refuses the rest.
      for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written)
    } catch (error) {
      ftruncateSync(this.#file, this.#length)
      throw error
    }
    this.#length += line.length
  }

  /** What was added outlasts a power cut, too. */
  sync(): void {
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** @throws ShoalError RUN_DAMAGED with file and line, where a whole line is no JSON object; FILE_UNREADABLE */
export function readLines(path: string): readonly Readonly<Record<string, unknown>>[] {
  // Half a line at the end is not there yet.
  return readText(path)
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(path, index + 1, line))
}

/** @throws ShoalError FILE_UNREADABLE */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ShoalError('FILE_UNREADABLE', { action: 'read', object: path, reason, cause: error })
  }
}

function parseLine(path: string, number: number, line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below, as of any other line that is no record.
  }
  throw lineDamaged(path, number, `expected a JSON object, got ${JSON.stringify(line.slice(0, 60))}`)
}

export function lineDamaged(path: string, line: number, reason: string): ShoalError {
  return new ShoalError('RUN_DAMAGED', { action: 'read', object: `${path}:${line}`, reason })
}
