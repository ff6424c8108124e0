// Who observes what (RFC 7641): registrations, and the notifications that they are owed.
import { encodeUint } from '../codec/option-value.ts'
import { isSuccess } from '../codes.ts'
import type { CoapEndpoint } from '../messaging/endpoint.ts'
import type { Response } from '../messaging/inbound-request.ts'
import { Interaction } from '../messaging/interactions.ts'
import type { Peer } from '../messaging/peers.ts'
import type { Transmission, TransmissionObserver } from '../messaging/retransmission.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { Remote } from '../transport/remote.ts'

export interface ObserversOptions {
  readonly endpoint: CoapEndpoint
  /** Registrations of one address, and of all; one more is answered without Observe, which means no (RFC 7641 §4.1). */
  readonly perAddress?: number
  readonly total?: number
  /** Where the sequence numbers begin. */
  readonly firstSequence?: number
}

export interface Registration {
  readonly remote: Remote
  readonly token: Uint8Array
  /** What the observer is to see now. Never rejects. */
  readonly represent: () => Promise<Response>
  /** Told when a representation cannot be sent. @returns the error to send instead */
  readonly explain: (error: unknown) => Response
  /** Calls back after each change. @returns ends it */
  readonly subscribe: (listener: () => void) => () => void
}

/** A registration whose first answer is being made: changes count from now on, so that none is lost in between. */
export interface Candidate {
  /** @returns the Observe option for the answer; undefined where no more observers are taken */
  accept(): CoapOption | undefined
  refuse(): void
}

/** RFC 7641 §4.4: 24 bits, growing. */
const sequenceNumbers = 2 ** 24

export class Observers {
  readonly #endpoint: CoapEndpoint
  readonly #perAddress: number
  readonly #total: number
  readonly #observers = new Map<string, Observer>()
  readonly #candidates = new Set<Observer>()
  #sequence: number

  constructor({ endpoint, perAddress = 64, total = 1024, firstSequence = 0 }: ObserversOptions) {
    this.#endpoint = endpoint
    this.#perAddress = perAddress
    this.#total = total
    this.#sequence = firstSequence % sequenceNumbers
  }

  get size(): number {
    return this.#observers.size
  }

  /** An earlier registration of the same token ends here (RFC 7641 §4.1). Throws what `subscribe` throws. */
  begin(registration: Registration): Candidate {
    const key = keyOf(registration)
    this.#end(key)
    const observer = new Observer({
      endpoint: this.#endpoint,
      registration,
      nextOption: () => this.#nextOption(),
      onEnd: () => this.#forget(key, observer),
    })
    observer.subscribe()
    this.#candidates.add(observer)
    return {
      accept: () => this.#accept(key, observer),
      refuse: () => observer.end(),
    }
  }

  /** RFC 7641 §3.6: by GET with Observe 1. */
  deregister(of: { readonly remote: Remote; readonly token: Uint8Array }): void {
    if (this.#observers.size > 0) this.#end(keyOf(of))
  }

  stop(): void {
    for (const observer of [...this.#observers.values(), ...this.#candidates]) observer.end()
  }

  #accept(key: string, observer: Observer): CoapOption | undefined {
    this.#candidates.delete(observer)
    this.#end(key)
    const isFull =
      this.#observers.size >= this.#total || this.#countOf(observer.registration.remote) >= this.#perAddress
    if (isFull || observer.hasEnded) {
      observer.end()
      return undefined
    }
    this.#observers.set(key, observer)
    const option = this.#nextOption()
    // After the answer has gone.
    queueMicrotask(() => observer.begin())
    return option
  }

  #end(key: string): void {
    this.#observers.get(key)?.end()
  }

  #forget(key: string, observer: Observer): void {
    this.#candidates.delete(observer)
    if (this.#observers.get(key) === observer) this.#observers.delete(key)
  }

  #countOf({ address }: Remote): number {
    let count = 0
    for (const { registration } of this.#observers.values())
      if (registration.remote.address === address) count += 1
    return count
  }

  #nextOption(): CoapOption {
    this.#sequence = (this.#sequence + 1) % sequenceNumbers
    return { number: OptionNumber.Observe, value: encodeUint(this.#sequence) }
  }
}

interface ObserverInit {
  readonly endpoint: CoapEndpoint
  readonly registration: Registration
  readonly nextOption: () => CoapOption
  readonly onEnd: () => void
}

/**
 * Its notifications are confirmable, so that a lost state is sent again and an observer that is gone is noticed (RFC 7641 §4.5). One is
 * under way at a time, and NSTART of one endpoint (§4.5.1): the newest state follows, those between are of no interest.
 */
class Observer extends Interaction implements TransmissionObserver {
  readonly registration: Registration
  readonly #init: ObserverInit
  #unsubscribe: () => void = () => {}
  /** From a change to the acknowledgement of what it looks like. */
  #state: 'candidate' | 'idle' | 'representing' | 'queued' | 'outstanding' | 'ended' = 'candidate'
  /** It changed after what is under way was made. */
  #isStale = false
  #peer: Peer | undefined
  #response: Response | undefined
  #transmission: Transmission | undefined

  constructor(init: ObserverInit) {
    super()
    this.#init = init
    this.registration = init.registration
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  subscribe(): void {
    this.#unsubscribe = this.registration.subscribe(() => {
      this.#isStale = true
      if (this.#state === 'idle') void this.#represent()
    })
  }

  /** Its first answer has gone. */
  begin(): void {
    if (this.#state === 'candidate') this.#goOn()
  }

  override onTurn(): void {
    this.#state = 'outstanding'
    const { endpoint, nextOption } = this.#init
    const { token, explain } = this.registration
    const peer = this.#peer
    const response = this.#response
    this.#response = undefined
    if (peer === undefined || response === undefined) return
    const notify = ({ code, options, payload }: Response) => {
      // RFC 7641 §4.2: an error ends the observation, and carries no sequence number.
      const isLast = !isSuccess(code)
      const all = isLast ? options : [nextOption(), ...options]
      if (isLast) {
        this.end()
        endpoint.confirm(peer, { code, token, options: all, payload }, nobody)
      } else {
        this.#transmission = endpoint.confirm(peer, { code, token, options: all, payload }, this)
      }
    }
    try {
      notify(response)
    } catch (error) {
      notify(explain(error))
    }
  }

  onAcknowledged(): void {
    if (this.#state !== 'outstanding') return
    this.#release()
    this.#goOn()
  }

  /** RFC 7641 §3.6 and §4.5: whoever rejects it, or never takes it, is not interested any more. */
  onReset(): void {
    this.end()
  }

  onGivenUp(): void {
    this.end()
  }

  /** Nothing of it remains, neither subscription nor turn nor retransmission. */
  end(): void {
    const state = this.#state
    if (state === 'ended') return
    if (state === 'queued') this.#peer?.interactions.leave(this)
    this.#state = 'ended'
    if (state === 'outstanding') {
      this.#transmission?.cancel()
      this.#release()
    }
    this.#unsubscribe()
    this.#init.onEnd()
  }

  #goOn(): void {
    this.#state = 'idle'
    if (this.#isStale) void this.#represent()
  }

  async #represent(): Promise<void> {
    this.#state = 'representing'
    this.#isStale = false
    const response = await this.registration.represent()
    if (this.hasEnded) return
    this.#response = response
    this.#peer = this.#init.endpoint.peer(this.registration.remote)
    this.#state = 'queued'
    this.#peer.interactions.enter(this)
  }

  #release(): void {
    const peer = this.#peer
    this.#peer = undefined
    this.#transmission = undefined
    peer?.interactions.release()
  }
}

/** Of the last notification, whether it arrives means nothing. */
const nobody: TransmissionObserver = { onAcknowledged() {}, onReset() {}, onGivenUp() {} }

/** RFC 7641 §4.1: an observer is known by its endpoint and its token. */
function keyOf({ remote, token }: { readonly remote: Remote; readonly token: Uint8Array }): string {
  return `${remote.address} ${remote.port} ${Buffer.from(token).toString('hex')}`
}
