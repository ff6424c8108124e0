// A connection to one device of a simulated board: a JSON object a line, each request answered in its order, events in between.
import { createConnection, type Socket } from 'node:net'
import { DeviceError, type DeviceTrouble } from '../device-error.ts'

export interface BoardConnectionEvents {
  readonly onEvent: (event: Readonly<Record<string, unknown>>) => void
  /** The connection has ended, and with it the hold on the device. */
  readonly onEnd: (reason: DeviceError) => void
}

type Answer = Readonly<Record<string, unknown>>

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: DeviceError) => void
}

/** A board answers at once, but for a sensor that is to seem slow. */
const answerDeadlineMs = 3000
/** How long the board may take to end a connection: less than a service has to stop. */
const closeDeadlineMs = 150
/** More without a line break is no answer. */
const longestLine = 65_536
const troubles: readonly string[] = ['busy', 'checksum', 'timeout', 'stuck', 'gone'] satisfies DeviceTrouble[]

export class BoardConnection {
  readonly #socket: Socket
  readonly #events: BoardConnectionEvents
  readonly #waiting: Waiting[] = []
  #buffered = ''
  #end: DeviceError | undefined

  /** Rejects with `DeviceError` `gone` where there is no board. */
  static async connect(path: string, events: BoardConnectionEvents): Promise<BoardConnection> {
    const socket = createConnection(path)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', (error: NodeJS.ErrnoException) => {
        const trouble = error.code === 'EACCES' ? 'denied' : 'gone'
        reject(
          new DeviceError(trouble, `the simulated board does not answer at ${path}: ${error.code}`, error),
        )
      })
    })
    return new BoardConnection(socket, events)
  }

  private constructor(socket: Socket, events: BoardConnectionEvents) {
    this.#socket = socket
    this.#events = events
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', (error) =>
      this.#stop(new DeviceError('gone', `the simulated board: ${error.message}`)),
    )
    socket.on('close', () => this.#stop(new DeviceError('gone', 'the simulated board took the device away')))
  }

  /** Rejects with the board's own refusal, or with `timeout`, or with what ended the connection. */
  async ask(request: Readonly<Record<string, unknown>>): Promise<Answer> {
    if (this.#end !== undefined) throw this.#end
    const answer = await new Promise<Answer>((resolve, reject) => {
      // An answer that comes later would be taken for that of the next request: the connection ends with it.
      const deadline = setTimeout(
        () =>
          this.#stop(
            new DeviceError('timeout', `no answer from the simulated board in ${answerDeadlineMs} ms`),
          ),
        answerDeadlineMs,
      )
      this.#waiting.push({
        resolve: (value) => {
          clearTimeout(deadline)
          resolve(value)
        },
        reject: (error) => {
          clearTimeout(deadline)
          reject(error)
        },
      })
      this.#socket.write(`${JSON.stringify(request)}\n`)
    })
    if (answer.ok !== true) throw refusal(answer)
    return answer
  }

  /** Resolves when the board has seen the end, and put the device to rest. Says nothing to `onEnd`. */
  async close(): Promise<void> {
    this.#end ??= new DeviceError('gone', 'the device has been closed')
    if (this.#socket.closed) return
    const ended = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    // A board that does not end its side is left.
    const deadline = setTimeout(() => this.#socket.destroy(), closeDeadlineMs)
    this.#socket.end()
    await ended
    clearTimeout(deadline)
    this.abandon()
  }

  abandon(): void {
    this.#end ??= new DeviceError('gone', 'the device has been closed')
    this.#socket.destroy()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end)
  }

  #take(text: string): void {
    this.#buffered += text
    const lines = this.#buffered.split('\n')
    this.#buffered = lines.pop() ?? ''
    for (const line of lines) this.#takeLine(line)
    if (this.#buffered.length > longestLine) this.#stop(nonsense())
  }

  #takeLine(line: string): void {
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      // Said below.
    }
    const answer = typeof message === 'object' && message !== null ? (message as Answer) : undefined
    if (answer === undefined) this.#stop(nonsense())
    else if ('event' in answer) this.#events.onEvent(answer)
    else this.#waiting.shift()?.resolve(answer)
  }

  #stop(reason: DeviceError): void {
    if (this.#end !== undefined) return
    this.#end = reason
    this.abandon()
    this.#events.onEnd(reason)
  }
}

function nonsense(): DeviceError {
  return new DeviceError('failed', 'the simulated board says what is no answer')
}

function refusal({ error, text }: Answer): DeviceError {
  const trouble = typeof error === 'string' && troubles.includes(error) ? (error as DeviceTrouble) : 'failed'
  const reason = typeof text === 'string' && text !== '' ? text : `the simulated board says ${String(error)}`
  return new DeviceError(trouble, reason)
}
