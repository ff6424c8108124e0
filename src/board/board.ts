// A simulated board that runs: its devices' sockets, what its script does to them, and what its control socket is asked.
import { nearestKey } from '../model/problems.ts'
import { BoardClock } from './board-clock.ts'
import { BoardFolder } from './board-folder.ts'
import type { BoardStatus, BoardTime } from './board-status.ts'
import { ControlServer } from './control-server.ts'
import { DeviceServer } from './device-server.ts'
import { EdgeLog } from './edge.ts'
import { makeInstrument } from './make-instrument.ts'
import { secondOfDay } from './physics/curve.ts'
import { nextEdge, windowAt } from './physics/windows.ts'
import type { BoardScript, DeviceScript } from './script/board-script.ts'
import { type Answer, done, failure } from './wire/answer.ts'
import { type ControlRequest, parseControlRequest } from './wire/control-request.ts'

export interface BoardParts {
  readonly script: BoardScript
  /** Where the folders of boards are. */
  readonly root: string
  /** Takes each edge as one line of JSON, with its end. */
  readonly record: (line: string) => void
}

interface BoardDevice {
  readonly script: DeviceScript
  readonly server: DeviceServer
  stopTimer: () => void
}

export class Board {
  readonly #script: BoardScript
  readonly #folder: BoardFolder
  readonly #clock: BoardClock
  readonly #edges: EdgeLog
  readonly #devices = new Map<string, BoardDevice>()
  readonly #control: ControlServer

  constructor({ script, root, record }: BoardParts) {
    this.#script = script
    this.#folder = new BoardFolder(root, script.name)
    this.#clock = new BoardClock(script.speed)
    const clock = this.#clock
    this.#edges = new EdgeLog({ nowMs: () => clock.nowMs(), nowS: () => clock.nowS(), write: record })
    for (const device of script.devices) {
      const { name } = device
      const instrument = makeInstrument(device, { clock, edges: this.#edges, seed: script.seed })
      const server = new DeviceServer({ name, folder: this.#folder.deviceFolder(name), instrument })
      this.#devices.set(name, { script: device, server, stopTimer: () => {} })
    }
    this.#control = new ControlServer((line) => this.#answer(line))
  }

  get folder(): string {
    return this.#folder.path
  }

  /**
   * @throws ShoalError BOARD_RUNS where a live board has the name, FILE_UNWRITABLE; what was made is undone
   */
  async start(): Promise<void> {
    const names = [...this.#devices.keys()]
    this.#folder.make(names)
    try {
      await this.#takeFolder()
    } catch (error) {
      await this.#control.stop()
      throw this.#folder.asShoalError(error)
    }
    try {
      this.#folder.removeOthers(names)
      for (const device of this.#devices.values()) await this.#startDevice(device)
    } catch (error) {
      await this.stop()
      throw this.#folder.asShoalError(error)
    }
  }

  async #takeFolder(): Promise<void> {
    const own = this.#folder.newSocket
    await this.#control.start(own)
    await this.#folder.take(own)
  }

  /** Lets every line go, so that every actuator falls to its safe state, and removes the folders. */
  async stop(): Promise<void> {
    for (const { server, stopTimer } of this.#devices.values()) {
      stopTimer()
      await server.unplug()
      server.removeFolder()
    }
    this.#folder.removeControl()
    await this.#control.stop()
    this.#folder.remove()
  }

  async #startDevice(device: BoardDevice): Promise<void> {
    device.server.makeFolder()
    await this.#plugAsScripted(device, 0)
  }

  /** Plugs or unplugs as the script says of a second, and again at its next change. */
  async #plugAsScripted(device: BoardDevice, atS: number): Promise<void> {
    const { unplugged } = device.script
    const next = nextEdge(unplugged, atS)
    device.stopTimer = this.#clock.at(next, () => {
      // A folder that cannot take a socket any more leaves the device unplugged.
      this.#plugAsScripted(device, Math.max(next, this.#clock.nowS())).catch(() => {})
    })
    if (windowAt(unplugged, atS) === undefined) await device.server.plug()
    else await device.server.unplug()
  }

  async #answer(line: string): Promise<Answer> {
    const request = parseControlRequest(line)
    if (typeof request === 'string') return failure('malformed', request)
    if (request.op === 'status') return this.#status()
    if (request.op === 'time') return { ok: true, ...this.#time() }
    if (request.op === 'record') return { ok: true, edges: this.#edges.after(request.after ?? 0) }
    const device = this.#devices.get(request.device)
    if (device === undefined) return failure('refused', this.#unknownDevice(request.device))
    return await this.#change(device, request)
  }

  async #change(
    { server }: BoardDevice,
    request: Extract<ControlRequest, { readonly device: string }>,
  ): Promise<Answer> {
    if (request.op === 'unplug') await server.unplug()
    else if (request.op === 'replug') await server.plug()
    else {
      const wrong = server.instrument.force(request.value ?? undefined, request.reading)
      if (wrong !== undefined) return failure('refused', wrong)
    }
    return done
  }

  #time(): BoardTime {
    const atS = this.#clock.nowS()
    const atMs = this.#clock.nowMs()
    return { atMs, atS, secondOfDay: secondOfDay(this.#script.startsAtS, atS), speed: this.#script.speed }
  }

  #status(): Answer {
    const devices = [...this.#devices.values()].map(({ server }) => ({
      name: server.name,
      kind: server.instrument.kind,
      isPlugged: server.isPlugged,
      isHeld: server.isHeld,
      connections: server.connectionCount,
      ...server.instrument.state(),
    }))
    const status: BoardStatus = { board: this.#script.name, ...this.#time(), devices }
    return { ok: true, ...status }
  }

  #unknownDevice(name: string): string {
    const names = [...this.#devices.keys()]
    const nearest = nearestKey(name, names)
    const hint = nearest === undefined ? `it has ${names.join(', ')}` : `did you mean ${nearest}?`
    return `the board has no device ${name}; ${hint}`
  }
}
