// The folder of a run: what it was, and every raw sample, on disk before anything is computed from it.
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ShoalError } from '../../src/model/errors.ts'
import type { SensingRecord } from './records.ts'

const samplesName = 'samples.ndjson'
const edgesName = 'edges.ndjson'

/** Throws `FILE_UNWRITABLE` where there is a run already, or none may be. */
export class RunFolder {
  readonly path: string
  readonly #samples: number
  readonly #edges: number

  constructor(path: string) {
    this.path = path
    try {
      mkdirSync(path, { recursive: true })
      this.#samples = openSync(join(path, samplesName), 'wx')
      this.#edges = openSync(join(path, edgesName), 'wx')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ShoalError('FILE_UNWRITABLE', { action: 'make', object: path, reason, cause: error })
    }
  }

  /** A whole line at once: what is written is there even after a kill. */
  add(record: SensingRecord): void {
    writeSync(this.#samples, `${JSON.stringify(record)}\n`)
  }

  /** What the board says that an actuator has done, as its one JSON object a line. */
  addEdge(line: string): void {
    writeSync(this.#edges, `${line}\n`)
  }

  /** `run.json`, `table.txt` … */
  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text)
  }

  close(): void {
    closeSync(this.#samples)
    closeSync(this.#edges)
  }
}

/** The samples of a run, as they are on disk. */
export function readSamples(folder: string): readonly SensingRecord[] {
  return readFileSync(join(folder, samplesName), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SensingRecord)
}
