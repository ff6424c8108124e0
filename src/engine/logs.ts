// What a container has written: the end of its log, or all of it as it comes.
import type { IncomingMessage } from 'node:http'
import type { CallOptions, EngineApi } from './api.ts'
import { FrameSplitter, type LogChunk } from './frames.ts'

export interface LogOptions extends CallOptions {
  /** With a terminal the stream is raw bytes, not frames. */
  readonly tty: boolean
  /** Last lines only; left out: all. */
  readonly tail?: number | undefined
  /** Goes on until the container ends or the signal comes. */
  readonly follow?: boolean
  readonly timestamps?: boolean
  /** Unix time in seconds. */
  readonly since?: number | undefined
}

const limitMs = 30_000

export class Logs {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Hands each piece to `onChunk`, in order; a slow reader slows the stream. Resolves at the end of the log. */
  async read(
    id: string,
    name: string,
    onChunk: (chunk: LogChunk) => void | Promise<void>,
    { tty, tail, follow = false, timestamps = false, since, signal, deadlineMs }: LogOptions,
  ): Promise<void> {
    await this.#api.read(
      {
        ...{
          action: 'read the log of',
          object: `container ${name}`,
          method: 'GET',
          path: `/containers/${id}/logs`,
        },
        query: { stdout: true, stderr: true, follow, timestamps, tail: tail ?? 'all', since },
        signal,
        deadlineMs: deadlineMs ?? (follow ? undefined : limitMs),
      },
      async (answer: IncomingMessage) => {
        const frames = new FrameSplitter()
        for await (const bytes of answer as AsyncIterable<Buffer>) {
          const chunks = tty ? [{ stream: 'stdout' as const, bytes }] : frames.push(bytes)
          for (const chunk of chunks) await onChunk(chunk)
        }
      },
    )
  }

  /** The last lines as text, both streams in the order in which they were written. */
  async tail(
    id: string,
    name: string,
    lines: number,
    options: { readonly tty: boolean } & CallOptions,
  ): Promise<string> {
    const pieces: Buffer[] = []
    await this.read(id, name, ({ bytes }) => void pieces.push(bytes), { ...options, tail: lines })
    return Buffer.concat(pieces).toString('utf8').trimEnd()
  }
}
