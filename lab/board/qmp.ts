// A small client of QEMU's machine protocol (QMP): one command after the other, JSON a line.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'

const answerTimeoutMs = 10_000

export class Qmp {
  private readonly socket: Socket
  private readonly lines: AsyncIterator<string>

  private constructor(socket: Socket, lines: Interface) {
    this.socket = socket
    this.lines = lines[Symbol.asyncIterator]()
  }

  /** QEMU serves one client at a time; another waits. Throws when there is no socket, or no greeting in time. */
  static async open(path: string): Promise<Qmp> {
    const socket = connect(path)
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerTimeoutMs) })
    const qmp = new Qmp(socket, createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }))
    try {
      await qmp.answer('QMP')
      await qmp.execute('qmp_capabilities')
      return qmp
    } catch (error) {
      qmp.close()
      throw error
    }
  }

  /** What it returns; throws with QEMU's own words when it refuses. */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    return this.answer('return')
  }

  close(): void {
    this.socket.destroy()
  }

  /** The next message with the key; events in between are left out. */
  private async answer(key: string): Promise<unknown> {
    const timer = setTimeout(() => this.socket.destroy(), answerTimeoutMs)
    try {
      for (;;) {
        const { value, done } = await this.lines.next()
        if (done) throw new Error('QEMU said no more')
        const message: unknown = JSON.parse(value)
        if (typeof message !== 'object' || message === null) continue
        if ('error' in message) throw new Error(`QEMU refused: ${JSON.stringify(message.error)}`)
        if (key in message) return (message as Record<string, unknown>)[key]
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The path of the machine's only device of a type: `/machine/unattached/device[7]`. */
export async function findDevice(qmp: Qmp, type: string): Promise<string> {
  const folder = '/machine/unattached'
  const children = await qmp.execute('qom-list', { path: folder })
  const found = (Array.isArray(children) ? children : []).find((one) => one?.type === `child<${type}>`)
  if (found === undefined) throw new Error(`the machine has no ${type}`)
  return `${folder}/${found.name}`
}
