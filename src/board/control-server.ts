// The control socket of a board: for whoever runs it, not for its clients.
import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Answer } from './wire/answer.ts'
import { LineConnection } from './wire/line-connection.ts'

const mostConnections = 16
/** All edges that are kept, in one answer, and more. */
const mostUnreadBytes = 8 * 1024 * 1024

export class ControlServer {
  readonly #answer: (line: string) => Answer | Promise<Answer>
  readonly #connections = new Set<LineConnection>()
  #server: Server | undefined

  constructor(answer: (line: string) => Answer | Promise<Answer>) {
    this.#answer = answer
  }

  /** Only its owner may connect. */
  async start(path: string): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket))
    this.#server = server
    server.maxConnections = mostConnections
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    server.on('error', () => {})
    chmodSync(path, 0o600)
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    for (const connection of [...this.#connections]) connection.end()
    await new Promise((resolve) => server.close(resolve))
  }

  #serve(socket: Socket): void {
    const connection: LineConnection = new LineConnection({
      socket,
      mostUnreadBytes,
      answer: this.#answer,
      onEnd: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
    connection.start()
  }
}
