// A client of a device, or of the control socket of a board, as a test uses it.
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { until } from '../../until.ts'

type Message = Readonly<Record<string, unknown>>

export class AClient {
  readonly socket: Socket
  readonly answers: Message[] = []
  readonly events: Message[] = []
  hasEnded = false
  #asked = 0

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('close', () => {
      this.hasEnded = true
    })
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as Message
      if ('event' in message) this.events.push(message)
      else this.answers.push(message)
    })
  }

  static async to(path: string): Promise<AClient> {
    const socket = connect(path)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new AClient(socket)
  }

  /** Sends a request, or any text as a line, and gives its answer. */
  async ask(request: object | string): Promise<Message> {
    const mine = this.#asked++
    this.socket.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
    await until(`an answer to ${JSON.stringify(request)}`, () => this.answers.length > mine)
    return this.answers[mine] ?? {}
  }

  async ended(): Promise<void> {
    await until('the end of the connection', () => this.hasEnded)
  }

  close(): void {
    this.socket.destroy()
  }
}
