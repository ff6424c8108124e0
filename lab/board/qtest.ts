// A small client of QEMU's qtest protocol, beside a machine that runs: the wires at a board's GPIO chip, from outside of the board.
import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** A change of an output line, as QEMU reports it: the board itself has done it. */
export interface Edge {
  readonly line: number
  readonly level: 0 | 1
  /** Milliseconds since 1970, by this machine's clock, when QEMU's word of it arrived. */
  readonly atMs: number
}

interface Waiting {
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

const answerTimeoutMs = 10_000

/** PL061's registers in the `virt` machine: all eight levels at once, and which lines are outputs. */
const registers = { data: 0x0903_0000 + (0xff << 2), direction: 0x0903_0400 }

export class Qtest {
  private readonly socket: Socket
  private readonly chip: string
  private readonly waiting: Waiting[] = []
  private readonly events = new EventEmitter<{ edge: [Edge] }>()

  private constructor(socket: Socket, chip: string) {
    this.socket = socket
    this.chip = chip
    createInterface({ input: socket }).on('line', (line) => this.take(line))
    socket.once('close', () => this.fail(new Error('QEMU has closed its qtest socket')))
    socket.on('error', () => {}) // 'close' follows.
  }

  /**
   * QEMU serves one client at a time. Edges are told from now on; a line that is high already is told when it falls only if it rises in
   * between: `level` says how things stand.
   * @param chip the GPIO chip's path in QEMU's object tree
   */
  static async open(path: string, chip: string): Promise<Qtest> {
    const socket = connect(path)
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerTimeoutMs) })
    const qtest = new Qtest(socket, chip)
    try {
      await qtest.ask(`irq_intercept_out ${chip}`)
      return qtest
    } catch (error) {
      qtest.close()
      throw error
    }
  }

  /** Sets the level that the board reads at an input line. It stays until it is set anew, also after `close`. */
  async drive(line: number, level: 0 | 1): Promise<void> {
    await this.ask(`set_irq_in ${this.chip} unnamed-gpio-in ${line} ${level}`)
  }

  /** The level at a line now: what the board drives where the line is an output, else what is driven from outside. */
  async level(line: number): Promise<0 | 1> {
    return (await this.read(registers.data)) & (1 << line) ? 1 : 0
  }

  async isOutput(line: number): Promise<boolean> {
    return ((await this.read(registers.direction)) & (1 << line)) !== 0
  }

  /** @returns what ends the listening */
  onEdge(listener: (edge: Edge) => void): () => void {
    this.events.on('edge', listener)
    return () => this.events.off('edge', listener)
  }

  close(): void {
    this.socket.destroy()
  }

  private async read(address: number): Promise<number> {
    return Number(await this.ask(`readl 0x${address.toString(16)}`))
  }

  /** Answers come in the order of the questions. @returns what follows "OK" */
  private ask(question: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('the qtest socket is closed'))
      const timer = setTimeout(() => this.socket.destroy(new Error('late')), answerTimeoutMs)
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          then(value)
        }
      this.waiting.push({ resolve: settle(resolve), reject: settle(reject) })
      this.socket.write(`${question}\n`)
    })
  }

  private take(line: string): void {
    const [word = '', what = '', number = ''] = line.trim().split(' ')
    if (word === 'IRQ') {
      const level = what === 'raise' ? 1 : 0
      this.events.emit('edge', { line: Number(number), level, atMs: Date.now() })
      return
    }
    const first = this.waiting.shift()
    if (word === 'OK') first?.resolve(what)
    else first?.reject(new Error(`qtest refused: ${line}`))
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error)
  }
}
