// A bad link on loopback: passes datagrams between clients and one server, and loses, doubles or delays them as it is told.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Random } from '../../../evaluation/random.ts'

export interface Passing {
  readonly datagram: Buffer
  readonly direction: 'to-server' | 'to-client'
}

/** Decides a datagram's fate: a copy is delivered after each of these delays in milliseconds; none, and it is lost. */
export type Fate = (passing: Passing) => readonly number[]

export const passOn: Fate = () => [0]

export interface Faults {
  /** The share of datagrams that are lost, 0 to 1. */
  readonly loss?: number
  /** The share of those not lost that arrive twice. */
  readonly duplication?: number
  /** The share of copies that are delayed, and so overtaken by later ones. */
  readonly reordering?: number
  readonly maxDelayMs?: number
}

export function randomFate(faults: Faults, random: Random): Fate {
  const { loss = 0, duplication = 0, reordering = 0, maxDelayMs = 20 } = faults
  const delay = () => (random() < reordering ? random() * maxDelayMs : 0)
  return () => {
    if (random() < loss) return []
    return random() < duplication ? [delay(), delay()] : [delay()]
  }
}

export interface ProxyCounters {
  /** Datagrams that came in, in both directions. */
  passed: number
  lost: number
  doubled: number
  /** Copies that left after a later datagram of their direction. */
  overtaken: number
}

/** Each client address gets a socket of its own towards the server, so that the server sees as many peers as there are. */
export class FaultProxy implements AsyncDisposable {
  fate: Fate
  readonly counters: ProxyCounters = { passed: 0, lost: 0, doubled: 0, overtaken: 0 }
  readonly #serverPort: number
  readonly #front: Socket = createSocket('udp4')
  readonly #backs = new Map<number, Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #latest = { 'to-server': 0, 'to-client': 0 }
  #isStopped = false

  constructor(serverPort: number, fate: Fate) {
    this.#serverPort = serverPort
    this.fate = fate
  }

  /** Copies that are delayed and not yet delivered. */
  get pending(): number {
    return this.#timers.size
  }

  /** Where clients send to. */
  async start(): Promise<number> {
    this.#front.on('message', (datagram, client) => {
      const back = this.#backOf(client)
      const deliver = () => back.send(datagram, this.#serverPort, '127.0.0.1')
      this.#pass({ datagram, direction: 'to-server' }, deliver)
    })
    await new Promise<void>((bound) => this.#front.bind(0, '127.0.0.1', bound))
    return this.#front.address().port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    const sockets = [this.#front, ...this.#backs.values()]
    await Promise.all(sockets.map((socket) => new Promise<void>((closed) => socket.close(() => closed()))))
  }

  #backOf({ port, address }: RemoteInfo): Socket {
    let back = this.#backs.get(port)
    if (back === undefined) {
      back = createSocket('udp4')
      back.on('message', (datagram) => {
        const deliver = () => this.#front.send(datagram, port, address)
        this.#pass({ datagram, direction: 'to-client' }, deliver)
      })
      this.#backs.set(port, back)
    }
    return back
  }

  #pass(passing: Passing, send: () => void): void {
    if (this.#isStopped) return
    const { direction } = passing
    const number = ++this.counters.passed
    const deliver = () => {
      if (number < this.#latest[direction]) this.counters.overtaken++
      this.#latest[direction] = Math.max(number, this.#latest[direction])
      send()
    }
    const delays = this.fate(passing)
    if (delays.length === 0) this.counters.lost++
    else this.counters.doubled += delays.length - 1
    for (const delayMs of delays) {
      if (delayMs === 0) deliver()
      else this.#deliverLater(deliver, delayMs)
    }
  }

  #deliverLater(deliver: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      deliver()
    }, delayMs)
    this.#timers.add(timer)
  }
}
