// One manager a key folder: a socket in it that only a living process holds, so that no kill leaves a lock behind.
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { resolve } from 'node:path'
import { ShoalError } from '../model/errors.ts'

export class ManagerLock {
  readonly #folder: string
  #server: Server | undefined

  constructor(folder: string) {
    this.#folder = resolve(folder)
  }

  /** Throws ShoalError MANAGER_RUNS. */
  async take(): Promise<void> {
    const server = createServer((socket) => socket.destroy())
    // An abstract socket of Linux: it goes with the process that made it.
    const name = `\0shoal-manager-${createHash('sha256').update(this.#folder).digest('hex').slice(0, 32)}`
    await new Promise<void>((taken, refused) => {
      server.once('error', () =>
        refused(
          new ShoalError('MANAGER_RUNS', {
            action: 'start',
            object: 'the manager',
            place: this.#folder,
            reason: 'one runs already with this key folder',
            nextStep: 'shoal status shows it',
          }),
        ),
      )
      server.listen(name, taken)
    })
    server.unref()
    this.#server = server
  }

  async free(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await new Promise<void>((done) => server.close(() => done()))
  }
}
