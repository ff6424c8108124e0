// The socket of one device: it is there while the device is plugged in.
import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { pause } from '../model/pause.ts'
import { DeviceClient, type Hold } from './device-client.ts'
import type { Instrument } from './instruments/instrument.ts'
import { failure } from './wire/answer.ts'
import { LineConnection } from './wire/line-connection.ts'

/** Connections to one device at a time; one holds it, the others ask or are refused. */
const mostConnections = 64
/** Answers and edges are some dozens of bytes each. */
const mostUnreadBytes = 65_536
/** A connection that has not opened the line by then is ended. */
const openDeadlineMs = 60_000

export interface DeviceServerParts {
  readonly name: string
  /** Its own, and nothing but its socket is in it: a claim mounts it. */
  readonly folder: string
  readonly instrument: Instrument
}

export class DeviceServer {
  readonly name: string
  readonly instrument: Instrument
  readonly #folder: string
  readonly #hold: Hold = { holder: undefined }
  readonly #connections = new Set<LineConnection>()
  #server: Server | undefined
  #lastTurn: Promise<void> = Promise.resolve()
  /** Aborted when the device is unplugged. */
  #plug = new AbortController()

  constructor({ name, folder, instrument }: DeviceServerParts) {
    this.name = name
    this.instrument = instrument
    this.#folder = folder
  }

  get #socket(): string {
    return join(this.#folder, 'socket')
  }

  get isPlugged(): boolean {
    return this.#server !== undefined
  }

  get isHeld(): boolean {
    return this.#hold.holder !== undefined
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Makes the folder; one of a killed board is taken over, for containers may have it mounted, but not its socket. */
  makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true })
    chmodSync(this.#folder, 0o755)
    rmSync(this.#socket, { force: true })
  }

  /** The socket appears in one step, ready and open to everybody. */
  plug(): Promise<void> {
    return this.#inTurn(() => this.#plugNow())
  }

  /** The socket goes; who waits for an answer hears that the device is gone, and every connection ends. */
  unplug(): Promise<void> {
    return this.#inTurn(() => this.#unplugNow())
  }

  /** The script and the control socket may want both at once. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => {})
    return turn
  }

  async #plugNow(): Promise<void> {
    if (this.#server !== undefined) return
    this.#plug = new AbortController()
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket))
    server.maxConnections = mostConnections
    const coming = join(this.#folder, '.socket')
    rmSync(coming, { force: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(coming, resolve)
    })
    server.on('error', () => {})
    this.#server = server
    chmodSync(coming, 0o666)
    renameSync(coming, this.#socket)
  }

  async #unplugNow(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    rmSync(this.#socket, { force: true })
    this.#plug.abort()
    // Answers that waited are sent before the connections end.
    await new Promise((resolve) => setImmediate(resolve))
    for (const connection of [...this.#connections]) connection.end()
    await new Promise((resolve) => server.close(resolve))
  }

  removeFolder(): void {
    try {
      rmdirSync(this.#folder)
    } catch {
      // Somebody put something there; it is not the board's to remove.
    }
  }

  #serve(socket: Socket): void {
    const { signal } = this.#plug
    const client = new DeviceClient({
      device: this.name,
      instrument: this.instrument,
      hold: this.#hold,
      send: (message) => connection.send(message),
      wait: (ms) => pause(ms, signal),
      isGone: () => signal.aborted,
    })
    const deadline = setTimeout(() => {
      if (this.#hold.holder !== client)
        connection.end(failure('refused', `a connection opens the line within ${openDeadlineMs / 1000} s`))
    }, openDeadlineMs)
    const connection = new LineConnection({
      socket,
      mostUnreadBytes,
      answer: (line) => client.answer(line),
      onEnd: () => {
        clearTimeout(deadline)
        client.end()
        this.#connections.delete(connection)
      },
    })
    this.#connections.add(connection)
    connection.start()
  }
}
