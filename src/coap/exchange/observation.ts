// One observation (RFC 7641): registered, kept fresh, in order, and taken back.
import { findBlock } from '../blockwise/block.ts'
import { download } from '../blockwise/download.ts'
import type { Clock } from '../clock.ts'
import { CoapError } from '../coap-error.ts'
import { type Message, noBytes } from '../codec/message.ts'
import { findUint, uintOption } from '../codec/option-value.ts'
import { Code, isSuccess } from '../codes.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Schedule } from '../messaging/schedule.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { Exchanges, ObservedToken } from './exchanges.ts'
import { Operation } from './operation.ts'

export interface ObservationInit {
  readonly exchanges: Exchanges
  readonly peer: Peer
  readonly schedule: Schedule
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly label: string
  readonly options: readonly CoapOption[]
  readonly maxBodyBytes: number
  readonly signal: AbortSignal
  /** Of the registration, of a renewal, of the fetching of further blocks. */
  readonly deadlineMs: number
  readonly onRepresentation: (message: Message) => void
}

/** How an observation ended, when nothing failed. */
export type ObservationEnd =
  /** The signal came. */
  | 'cancelled'
  /** The server answered without taking the registration (RFC 7641 §4.1). */
  | 'not-observable'
  /** The server ended it with an error, which was handed on as the last representation (§4.2). */
  | 'ended'

const registerValue = 0
const deregisterValue = 1
const halfOfSequence = 2 ** 23
/** RFC 7641 §3.4: after so long any notification is newer. */
const reorderingMs = 128_000
/** RFC 7252 §5.10.5: Max-Age where none is given. */
const defaultMaxAgeS = 60
/** RFC 7641 §3.3.1: a random wait beyond Max-Age, so that clients do not come all at once. */
const renewalMarginMs = { least: 5000, spread: 10_000 }
const goodbyeLimitMs = 2000

/** RFC 7641 §3.4: whether the second notification is newer. Times in milliseconds. */
export function isNewer(
  first: { readonly sequence: number; readonly atMs: number },
  second: { readonly sequence: number; readonly atMs: number },
): boolean {
  const [v1, v2] = [first.sequence, second.sequence]
  return (
    (v1 < v2 && v2 - v1 < halfOfSequence) ||
    (v1 > v2 && v1 - v2 > halfOfSequence) ||
    second.atMs > first.atMs + reorderingMs
  )
}

export class Observation {
  readonly #init: ObservationInit
  readonly #observed: ObservedToken
  #latest: { readonly sequence: number; readonly atMs: number } | undefined
  /** Grows with each representation that is handed on or being fetched: an older one that comes late is dropped. */
  #generation = 0
  #wake: (end?: ObservationEnd) => void = () => {}

  constructor(init: ObservationInit) {
    this.#init = init
    this.#observed = init.exchanges.observe(init.peer, (message) => this.#receive(message))
  }

  /** Resolves when it has ended; rejects with `CoapError` when registration or renewal fail. Nothing of it then remains. */
  async run(): Promise<ObservationEnd> {
    const { signal } = this.#init
    let isRegistered = false
    try {
      for (;;) {
        const answer = await this.#register()
        isRegistered = findUint(answer.options, OptionNumber.Observe) !== undefined
        await this.#take(answer)
        if (!isRegistered) return isSuccess(answer.code) ? 'not-observable' : 'ended'
        const end = await this.#stale(maxAgeOf(answer))
        if (end !== undefined) {
          isRegistered = end === 'cancelled'
          return end
        }
      }
    } catch (error) {
      if (signal.aborted) return 'cancelled'
      throw error
    } finally {
      if (isRegistered) await this.#deregister()
      this.#observed.forget()
    }
  }

  async #register(): Promise<Message> {
    const { exchanges, peer, options } = this.#init
    return await this.#operate(this.#init.deadlineMs, (operation) =>
      exchanges.requestOn(
        this.#observed,
        peer,
        {
          code: Code.Get,
          options: [...options, uintOption(OptionNumber.Observe, registerValue)],
          payload: noBytes,
          isConfirmable: true,
        },
        operation,
      ),
    )
  }

  /** Best effort: what it does not reach learns by the reset to its next notification. */
  async #deregister(): Promise<void> {
    const { exchanges, peer, options, schedule, label } = this.#init
    const operation = new Operation({ schedule, label, deadlineMs: goodbyeLimitMs, signal: undefined })
    operation.begin()
    try {
      await exchanges.requestOn(
        this.#observed,
        peer,
        {
          code: Code.Get,
          options: [...options, uintOption(OptionNumber.Observe, deregisterValue)],
          payload: noBytes,
          isConfirmable: true,
        },
        operation,
      )
    } catch (error) {
      if (!(error instanceof CoapError)) throw error
    } finally {
      operation.end()
    }
  }

  /** Waits until the newest representation is no longer fresh. @returns why it ended, where it did */
  async #stale(maxAgeMs: number): Promise<ObservationEnd | undefined> {
    const { signal, clock, random } = this.#init
    let freshUntilMs = clock.now() + maxAgeMs
    this.#freshen = (ageMs) => {
      freshUntilMs = clock.now() + ageMs
    }
    const marginMs = renewalMarginMs.least + random() * renewalMarginMs.spread
    return await new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const end = (why?: ObservationEnd): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        this.#wake = () => {}
        resolve(why)
      }
      const onAbort = (): void => end('cancelled')
      const check = (): void => {
        const leftMs = freshUntilMs + marginMs - clock.now()
        if (leftMs <= 0) end()
        else timer = setTimeout(check, Math.min(leftMs, 60_000))
      }
      this.#wake = end
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      else check()
    })
  }

  #freshen: (ageMs: number) => void = () => {}

  #receive(message: Message): void {
    const sequence = findUint(message.options, OptionNumber.Observe)
    if (sequence === undefined || !isSuccess(message.code)) {
      this.#generation += 1
      this.#init.onRepresentation(message)
      this.#wake('ended')
      return
    }
    this.#freshen(maxAgeOf(message))
    void this.#take(message).catch(() => {})
  }

  /** Hands the whole representation on, unless a newer one came before. */
  async #take(message: Message): Promise<void> {
    const { clock, onRepresentation, maxBodyBytes } = this.#init
    const sequence = findUint(message.options, OptionNumber.Observe)
    if (sequence !== undefined) {
      const seen = { sequence, atMs: clock.now() }
      if (this.#latest !== undefined && !isNewer(this.#latest, seen)) return
      this.#latest = seen
    }
    this.#generation += 1
    const generation = this.#generation
    const isWhole = findBlock(message.options, OptionNumber.Block2) === undefined
    const whole = isWhole
      ? message
      : await this.#operate(this.#init.deadlineMs, (operation) =>
          download({
            first: message,
            ask: (block) => this.#ask([block], operation),
            again: () => this.#ask([], operation),
            maxBodyBytes,
          }),
        )
    if (generation === this.#generation) onRepresentation(whole)
  }

  /** RFC 7959 §2.6: further blocks are fetched by requests of their own, without Observe. */
  #ask(blocks: readonly CoapOption[], operation: Operation): Promise<Message> {
    const { exchanges, peer, options } = this.#init
    const request = {
      code: Code.Get,
      options: [...options, ...blocks],
      payload: noBytes,
      isConfirmable: true,
    }
    return exchanges.request(peer, request, operation)
  }

  async #operate<T>(deadlineMs: number, act: (operation: Operation) => Promise<T>): Promise<T> {
    const { schedule, label, signal } = this.#init
    const operation = new Operation({ schedule, label, deadlineMs, signal })
    operation.begin()
    try {
      operation.throwIfEnded()
      return await act(operation)
    } finally {
      operation.end()
    }
  }
}

function maxAgeOf({ options }: Message): number {
  return (findUint(options, OptionNumber.MaxAge) ?? defaultMaxAgeS) * 1000
}
