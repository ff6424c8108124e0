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

  /**
   * The last lines as text, in the order in which they reached the log. The two streams reach it by ways of their own: what was written to
   * stderr last may stand before a flood of stdout, so half of the lines are kept for it.
   */
  async tail(
    id: string,
    name: string,
    lines: number,
    { tty, ...options }: { readonly tty: boolean } & CallOptions,
  ): Promise<string> {
    const chunks: LogChunk[] = []
    const tail = tty ? lines : lines * 5
    await this.read(id, name, (chunk) => void chunks.push(chunk), { ...options, tty, tail })
    const kept = tty ? chunks : lastChunks(chunks, lines)
    return Buffer.concat(kept.map(({ bytes }) => bytes))
      .toString('utf8')
      .trimEnd()
  }
}

/** The Engine makes a frame of each line. */
function lastChunks(chunks: readonly LogChunk[], count: number): readonly LogChunk[] {
  const complaints = lastOf(
    chunks.filter(({ stream }) => stream === 'stderr'),
    Math.floor(count / 2),
  )
  const kept = new Set(complaints)
  const others = chunks.filter((chunk) => !kept.has(chunk))
  for (const chunk of lastOf(others, count - complaints.length)) kept.add(chunk)
  return chunks.filter((chunk) => kept.has(chunk))
}

function lastOf<T>(items: readonly T[], count: number): readonly T[] {
  return items.slice(Math.max(0, items.length - count))
}
