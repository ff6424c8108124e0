// What one connection to a device may do: a connection is the request of a line, and holds it until it ends.

import type { Instrument } from './instruments/instrument.ts'
import { openModes } from './kinds.ts'
import { type Answer, done, failure } from './wire/answer.ts'
import { type DeviceRequest, parseDeviceRequest } from './wire/device-request.ts'

/** Who holds the line of a device; one at most. */
export interface Hold {
  holder: DeviceClient | undefined
}

export interface DeviceClientParts {
  readonly device: string
  readonly instrument: Instrument
  readonly hold: Hold
  readonly send: (message: object) => void
  /** Resolves after so many real milliseconds, or as soon as the device is gone. */
  readonly wait: (ms: number) => Promise<void>
  readonly isGone: () => boolean
}

export class DeviceClient {
  readonly #parts: DeviceClientParts
  #stopWatching: (() => void) | undefined

  constructor(parts: DeviceClientParts) {
    this.#parts = parts
  }

  async answer(line: string): Promise<Answer> {
    const request = parseDeviceRequest(line)
    if (typeof request === 'string') return failure('malformed', request)
    if (request.op === 'open') return this.#open(request.as)
    if (this.#parts.hold.holder !== this) {
      return failure('refused', 'open comes first: a connection is the request of a line')
    }
    return await this.#ask(request)
  }

  /** The connection has ended: the line is let go. */
  end(): void {
    this.#stopWatching?.()
    this.#stopWatching = undefined
    const { hold, instrument } = this.#parts
    if (hold.holder !== this) return
    instrument.release()
    hold.holder = undefined
  }

  #open(as: string): Answer {
    const { hold, instrument, device } = this.#parts
    const fitting = openModes[instrument.kind]
    if (as !== fitting) return failure('refused', `${device} is a ${instrument.kind}: it opens as ${fitting}`)
    if (hold.holder === this) return failure('refused', 'this connection holds the line already')
    if (hold.holder !== undefined) return failure('busy', `another connection holds ${device}`)
    hold.holder = this
    return { ok: true, kind: instrument.kind }
  }

  async #ask(request: Exclude<DeviceRequest, { op: 'open' }>): Promise<Answer> {
    const { instrument } = this.#parts
    if (request.op === 'write' && instrument.write) return instrument.write(request.value)
    if (request.op === 'pwm' && instrument.pwm) return instrument.pwm(request.frequencyHz, request.duty)
    if (request.op === 'watch' && instrument.watch) return this.#watch(instrument.watch)
    if (request.op === 'read' && instrument.read) return await this.#read(instrument.read)
    return failure('refused', `a ${instrument.kind} has no ${request.op}`)
  }

  #watch(watch: NonNullable<Instrument['watch']>): Answer {
    this.#stopWatching ??= watch((value, atMs) => this.#parts.send({ event: 'edge', value, atMs }))
    return done
  }

  async #read(read: NonNullable<Instrument['read']>): Promise<Answer> {
    const { afterMs, answer } = read()
    if (afterMs > 0) await this.#parts.wait(afterMs)
    if (this.#parts.isGone()) return failure('gone', `${this.#parts.device} was unplugged`)
    return answer()
  }
}
