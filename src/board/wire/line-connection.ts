// One client: its lines are answered in order, and what it may use of the board's memory is bounded.
import type { Socket } from 'node:net'
import { type Answer, failure } from './answer.ts'
import { LineSplitter, longestLineBytes } from './line-splitter.ts'

/** Requests that wait before no more are read. */
const mostWaiting = 32
/** A client that does not read its answers for so long is none. */
const unreadDeadlineMs = 10_000

export interface LineConnectionParts {
  readonly socket: Socket
  /** What the client may leave unread before it is cut off. */
  readonly mostUnreadBytes: number
  /** Answers one line; it may take its time, and is asked for one line after the other. */
  readonly answer: (line: string) => Answer | Promise<Answer>
  /** Called once, when the connection has ended, however it did. */
  readonly onEnd: () => void
}

export class LineConnection {
  readonly #parts: LineConnectionParts
  readonly #splitter = new LineSplitter()
  #waiting: string[] = []
  #isAnswering = false
  #hasClientEnded = false
  #hasEnded = false
  #unreadTimer: NodeJS.Timeout | undefined

  constructor(parts: LineConnectionParts) {
    this.#parts = parts
  }

  start(): void {
    const { socket } = this.#parts
    socket.on('data', (piece) => this.#take(piece))
    socket.on('end', () => this.#clientEnded())
    socket.on('drain', () => this.#drained())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#finish())
  }

  /** Sends a line unasked or as an answer; a client that has left too much unread is cut off. */
  send(message: object): void {
    const { socket, mostUnreadBytes } = this.#parts
    if (this.#hasEnded || socket.destroyed || socket.writableEnded) return
    const isTaken = socket.write(`${JSON.stringify(message)}\n`)
    if (isTaken) return
    if (socket.writableLength > mostUnreadBytes) socket.destroy()
    else this.#unreadTimer ??= setTimeout(() => socket.destroy(), unreadDeadlineMs)
  }

  /** Says a last thing, where there is one, and ends the connection. Who does not read it is cut off. */
  end(last?: object): void {
    if (last !== undefined) this.send(last)
    const { socket } = this.#parts
    this.#waiting = []
    if (socket.destroyed) return
    socket.end()
    // The other side need not end its own half.
    this.#unreadTimer ??= setTimeout(() => socket.destroy(), 1000)
    this.#finish()
  }

  #take(piece: Buffer): void {
    if (this.#hasEnded) return
    const lines = this.#splitter.push(piece)
    if (lines === undefined) {
      this.end(failure('malformed', `a line has at most ${longestLineBytes} bytes`))
      return
    }
    for (const line of lines) if (line.trim() !== '') this.#waiting.push(line)
    if (this.#waiting.length > mostWaiting) this.#parts.socket.pause()
    void this.#answerAll()
  }

  async #answerAll(): Promise<void> {
    if (this.#isAnswering) return
    this.#isAnswering = true
    for (;;) {
      // What is not read is not answered further: the rest waits for `drain`.
      if (this.#unreadTimer !== undefined) break
      const line = this.#waiting.shift()
      if (line === undefined) break
      this.send(await this.#answer(line))
    }
    this.#isAnswering = false
    if (this.#waiting.length > 0 || this.#hasEnded) return
    this.#parts.socket.resume()
    if (this.#hasClientEnded) this.end()
  }

  /** Whatever goes wrong ends no board. */
  async #answer(line: string): Promise<Answer> {
    try {
      return await this.#parts.answer(line)
    } catch (error) {
      return failure('refused', error instanceof Error ? error.message : String(error))
    }
  }

  #drained(): void {
    if (this.#hasEnded) return
    clearTimeout(this.#unreadTimer)
    this.#unreadTimer = undefined
    void this.#answerAll()
  }

  #clientEnded(): void {
    this.#hasClientEnded = true
    void this.#answerAll()
  }

  #finish(): void {
    if (this.#parts.socket.destroyed) clearTimeout(this.#unreadTimer)
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#waiting = []
    this.#parts.onEnd()
  }
}
