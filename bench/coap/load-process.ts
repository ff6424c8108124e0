// The parent's end of a client process.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { ClientKind } from './clients.ts'
import type { LoadOrder, LoadResult } from './load.ts'

/** A series takes a second or so. */
const deadlineMs = 60_000

export class LoadProcess {
  readonly #child: ChildProcess

  constructor(kind: ClientKind) {
    this.#child = fork(new URL('load.ts', import.meta.url), [kind], { serialization: 'advanced' })
  }

  /** Rejects when the client process ends, at the deadline, or at the signal. */
  async run(order: LoadOrder, signal: AbortSignal): Promise<LoadResult> {
    const over = new AbortController()
    const within = AbortSignal.any([signal, over.signal, AbortSignal.timeout(deadlineMs)])
    const ended = once(this.#child, 'exit', { signal: within }).then(([code]) => {
      throw new Error(`the client process ended with ${code}`)
    })
    try {
      this.#child.send(order)
      const [result] = await Promise.race([once(this.#child, 'message', { signal: within }), ended])
      return result
    } finally {
      over.abort()
      ended.catch(() => {})
    }
  }

  stop(): void {
    this.#child.kill()
  }
}
