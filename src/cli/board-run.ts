// `shoal board run`: a board from its script, until it is stopped.
import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Board } from '../board/board.ts'
import type { Edge } from '../board/edge.ts'
import { parseScript } from '../board/script/parse-script.ts'
import { type ErrorCode, ShoalError } from '../model/errors.ts'
import { renderEdge } from './board-words.ts'
import type { Io } from './io.ts'

export interface BoardRunOptions {
  readonly folder: string
  readonly record?: string
  readonly json?: true
}

export async function runBoard(io: Io, file: string, options: BoardRunOptions): Promise<void> {
  const script = parseScript(await readScript(file), file)
  const recorder = options.record === undefined ? undefined : new Recorder(io, options.record)
  try {
    const board = new Board({
      script,
      root: resolve(options.folder),
      record: (line) => {
        recorder?.write(line)
        io.out(options.json ? line : renderEdge(JSON.parse(line) as Edge))
      },
    })
    await board.start()
    const devices = script.devices.map(({ name, kind }) => ({ name, kind }))
    if (options.json) io.out(`${JSON.stringify({ board: script.name, folder: board.folder, devices })}\n`)
    else
      io.out(
        `the board ${script.name} runs in ${board.folder}: ${devices.map((one) => one.name).join(', ')}\n`,
      )
    await untilStopped(io.signal)
    await board.stop()
  } finally {
    recorder?.close()
  }
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw fileError('FILE_UNREADABLE', 'read', file, error)
  }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}

/** Appends whole lines at once, so that what is written is there even after a kill. */
class Recorder {
  readonly #io: Io
  readonly #file: string
  readonly #descriptor: number
  #hasFailed = false

  constructor(io: Io, file: string) {
    this.#io = io
    this.#file = file
    try {
      this.#descriptor = openSync(file, 'a')
    } catch (error) {
      throw fileError('FILE_UNWRITABLE', 'open', file, error)
    }
  }

  /** A full disk stops no board: it is said once, and again after it has worked again. */
  write(line: string): void {
    try {
      writeSync(this.#descriptor, line)
      this.#hasFailed = false
    } catch (error) {
      if (!this.#hasFailed) this.#io.err(`${this.#file} takes no more: ${reasonOf(error)}\n`)
      this.#hasFailed = true
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function fileError(code: ErrorCode, action: string, file: string, error: unknown): ShoalError {
  return new ShoalError(code, { action, object: file, reason: reasonOf(error), cause: error })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
