// One observation (RFC 7641): registered, kept fresh, in order, and taken back.
import { findBlock } from '../blockwise/block.ts'
import { download } from '../blockwise/download.ts'
import type { Clock } from '../clock.ts'
import { CoapError } from '../coap-error.ts'
import { type Message, noBytes } from '../codec/message.ts'
import { findUint, uintOption } from '../codec/option-value.ts'
import { Code, describeCode, isSuccess } from '../codes.ts'
import type { Peer } from '../messaging/peers.ts'
import { type Schedule, Task } from '../messaging/schedule.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { Remote } from '../transport/remote.ts'
import type { Exchanges, ObservedToken } from './exchanges.ts'
import { Operation } from './operation.ts'

export interface ObservationInit {
  readonly exchanges: Exchanges
  readonly remote: Remote
  /** Holds the deadlines of requests. */
  readonly schedule: Schedule
  /** Holds the wait for the end of Max-Age. */
  readonly waits: Schedule
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
  readonly onSilence: (error: CoapError) => void
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
/** Between renewals that got no answer: twice as long each time, up to this. */
const silenceMs = { first: 2000, longest: 60_000 }
const goodbyeLimitMs = 2000
/** A resource that changes faster than it is read is given up after so many answers of which not one was read whole. */
const mostUnreadable = 5

/** A server that is not there now may be there again: it was, when it took the registration. */
const passing: ReadonlySet<string> = new Set(['timed-out', 'unreachable', 'reset'])

interface Seen {
  readonly sequence: number
  readonly atMs: number
}

/** RFC 7641 §3.4: whether the second notification is newer. Times in milliseconds. */
export function isNewer(first: Seen, second: Seen): boolean {
  const [v1, v2] = [first.sequence, second.sequence]
  return (
    (v1 < v2 && v2 - v1 < halfOfSequence) ||
    (v1 > v2 && v1 - v2 > halfOfSequence) ||
    second.atMs > first.atMs + reorderingMs
  )
}

/** Why a pause is over before its time. */
type Interrupt = { readonly end: ObservationEnd } | { readonly error: unknown } | 'renew'

export class Observation {
  readonly #init: ObservationInit
  readonly #observed: ObservedToken
  #latest: Seen | undefined
  #freshUntilMs = 0
  /** Grows with each representation that comes, whole or to be fetched. */
  #generation = 0
  /** Of the one that was handed on last: an older one whose blocks come late is dropped. */
  #delivered = 0
  /** Whether the server has it, as far as is known. */
  #isRegistered = false
  /** Answers since the last representation that was handed on. */
  #unreadable = 0
  #pausing: Pause | undefined
  /** What came while nobody paused. */
  #interrupt: Interrupt | undefined

  constructor(init: ObservationInit) {
    this.#init = init
    this.#observed = init.exchanges.observe(init.remote, (message) => this.#receive(message))
  }

  /**
   * Resolves when it has ended. Rejects with `CoapError` when the registration gets no answer, when an answer cannot be used, and when the
   * signal comes within a request (`aborted`); and with what `onRepresentation` throws. Nothing of it then remains.
   */
  async run(): Promise<ObservationEnd> {
    try {
      return await this.#observe()
    } finally {
      if (this.#isRegistered) await this.#deregister()
      this.#observed.forget()
    }
  }

  async #observe(): Promise<ObservationEnd> {
    const { random } = this.#init
    let answer: Message | undefined = await this.#register()
    let silentMs = silenceMs.first
    for (;;) {
      if (answer !== undefined && !this.#isRegistered) this.#tell({ end: endBy(answer) })
      const interrupt =
        answer === undefined ? await this.#pause(silentMs * (1 + random() / 2)) : await this.#untilStale()
      if (interrupt !== undefined && interrupt !== 'renew') {
        if ('error' in interrupt) throw interrupt.error
        return interrupt.end
      }
      silentMs = answer === undefined ? Math.min(silentMs * 2, silenceMs.longest) : silenceMs.first
      answer = await this.#renew()
    }
  }

  /** @returns undefined while the server is silent */
  async #renew(): Promise<Message | undefined> {
    try {
      return await this.#register()
    } catch (error) {
      if (!(error instanceof CoapError && passing.has(error.kind))) throw error
      this.#init.onSilence(error)
      return undefined
    }
  }

  async #register(): Promise<Message> {
    const askedAtMs = this.#init.clock.now()
    const answer = await this.#operate(this.#init.deadlineMs, (operation) =>
      this.#ask(registerValue, operation),
    )
    this.#isRegistered = findUint(answer.options, OptionNumber.Observe) !== undefined
    if (this.#interrupt === 'renew') this.#interrupt = undefined
    try {
      await this.#take(answer, askedAtMs)
    } catch (error) {
      const isOften = ++this.#unreadable > mostUnreadable
      if (isOften || !(error instanceof CoapError && error.kind === 'bad-response')) throw error
      this.#tell('renew')
    }
    return answer
  }

  /** Best effort: what it does not reach learns by the reset to its next notification. */
  async #deregister(): Promise<void> {
    const { schedule, label } = this.#init
    const operation = new Operation({ schedule, label, deadlineMs: goodbyeLimitMs, signal: undefined })
    operation.begin()
    try {
      await this.#ask(deregisterValue, operation)
    } catch (error) {
      if (!(error instanceof CoapError)) throw error
    } finally {
      operation.end()
    }
  }

  /** On the token of the observation. */
  #ask(observe: number, operation: Operation): Promise<Message> {
    const { exchanges, options } = this.#init
    const request = {
      code: Code.Get,
      options: [...options, uintOption(OptionNumber.Observe, observe)],
      payload: noBytes,
      isConfirmable: true,
    }
    return exchanges.requestOn(this.#observed, this.#peer(), request, operation)
  }

  /** Until the newest representation has not been fresh for a while. */
  async #untilStale(): Promise<Interrupt | undefined> {
    const { clock, random } = this.#init
    const marginMs = renewalMarginMs.least + random() * renewalMarginMs.spread
    for (;;) {
      const leftMs = this.#freshUntilMs + marginMs - clock.now()
      if (leftMs <= 0) return undefined
      const interrupt = await this.#pause(leftMs)
      if (interrupt !== undefined) return interrupt
    }
  }

  async #pause(delayMs: number): Promise<Interrupt | undefined> {
    const { signal, waits, label } = this.#init
    const onAbort = (): void => this.#tell({ end: 'cancelled' })
    if (signal.aborted) onAbort()
    const earlier = this.#interrupt
    this.#interrupt = undefined
    if (earlier !== undefined) return earlier
    signal.addEventListener('abort', onAbort)
    try {
      return await new Promise((resolve) => {
        this.#pausing = new Pause(label, resolve)
        waits.start(this.#pausing, delayMs)
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#pausing = undefined
    }
  }

  /** The first that says more than `renew` counts. */
  #tell(interrupt: Interrupt): void {
    if (this.#pausing !== undefined) {
      this.#init.waits.cancel(this.#pausing)
      this.#pausing.end(interrupt)
      this.#pausing = undefined
    } else if (this.#interrupt === undefined || this.#interrupt === 'renew') {
      this.#interrupt = interrupt
    }
  }

  #receive(message: Message): void {
    const isLast = findUint(message.options, OptionNumber.Observe) === undefined || !isSuccess(message.code)
    if (isLast) {
      this.#isRegistered = false
      this.#generation += 1
      this.#deliver(message, this.#generation)
      this.#tell({ end: endBy(message) })
      return
    }
    this.#take(message).catch((error: unknown) => {
      // Its further blocks did not come: the answer to a renewal is as good, and tells what is wrong where it is not.
      if (!(error instanceof CoapError && error.kind === 'aborted')) this.#tell('renew')
    })
  }

  /** Hands the whole representation on, unless a newer one came before. */
  async #take(message: Message, askedAtMs = Number.NEGATIVE_INFINITY): Promise<void> {
    const { clock } = this.#init
    const sequence = findUint(message.options, OptionNumber.Observe)
    if (sequence !== undefined) {
      const seen = { sequence, atMs: clock.now() }
      // A server that was started anew may count from anywhere: what it says when asked is newer than all that came before.
      const isAsked = this.#latest !== undefined && this.#latest.atMs < askedAtMs
      if (this.#latest !== undefined && !isAsked && !isNewer(this.#latest, seen)) return
      this.#latest = seen
    }
    this.#freshUntilMs = clock.now() + maxAgeOf(message)
    this.#generation += 1
    const generation = this.#generation
    const isWhole = findBlock(message.options, OptionNumber.Block2) === undefined
    try {
      const whole = isWhole ? message : await this.#download(message)
      this.#unreadable = 0
      if (generation > this.#delivered) this.#deliver(whole, generation)
    } catch (error) {
      // Of no interest when a newer one has come.
      if (generation === this.#generation) throw error
    }
  }

  /**
   * RFC 7959 §2.6: further blocks are fetched by requests of their own, without Observe. A body that changes midway is not begun anew: nothing
   * would say whether it is older than the next notification.
   */
  async #download(first: Message): Promise<Message> {
    const { deadlineMs, maxBodyBytes } = this.#init
    const whole = await this.#operate(deadlineMs, (operation) =>
      download({ first, ask: (block) => this.#fetch(block, operation), again: undefined, maxBodyBytes }),
    )
    if (isSuccess(first.code) && !isSuccess(whole.code))
      throw new CoapError(
        'bad-response',
        `${this.#init.label}: ${describeCode(whole.code)} in place of a block`,
      )
    return whole
  }

  /** Whoever cannot take it ends the observation, not the socket that it came by. */
  #deliver(message: Message, generation: number): void {
    this.#delivered = generation
    try {
      this.#init.onRepresentation(message)
    } catch (error) {
      this.#tell({ error })
    }
  }

  #fetch(block: CoapOption, operation: Operation): Promise<Message> {
    const { exchanges, options } = this.#init
    const request = {
      code: Code.Get,
      options: [...options, block],
      payload: noBytes,
      isConfirmable: true,
    }
    return exchanges.request(this.#peer(), request, operation)
  }

  /** Looked up for each request: the endpoint forgets peers that it has not sent to for a while. */
  #peer(): Peer {
    const { exchanges, remote } = this.#init
    return exchanges.endpoint.peer(remote)
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

class Pause extends Task {
  readonly #label: string
  readonly end: (interrupt: Interrupt | undefined) => void

  constructor(label: string, end: (interrupt: Interrupt | undefined) => void) {
    super()
    this.#label = label
    this.end = end
  }

  override onDue(): void {
    this.end(undefined)
  }

  override onStopped(): void {
    this.end({ error: new CoapError('stopped', `${this.#label}: the client was stopped`) })
  }
}

/** By an answer, or a notification, that no other follows. */
function endBy({ code }: Message): ObservationEnd {
  return isSuccess(code) ? 'not-observable' : 'ended'
}

function maxAgeOf({ options }: Message): number {
  return (findUint(options, OptionNumber.MaxAge) ?? defaultMaxAgeS) * 1000
}
