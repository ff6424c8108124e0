// Who observes what (RFC 7641): registrations, and the notifications that they are owed.
import { encodeUint } from '../codec/option-value.ts'
import { isSuccess } from '../codes.ts'
import type { CoapEndpoint } from '../messaging/endpoint.ts'
import type { Response } from '../messaging/inbound-request.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { Remote } from '../transport/remote.ts'

export interface ObserversOptions {
  readonly endpoint: CoapEndpoint
  /** Registrations of one address, and of all; one more is answered without Observe, which means no (RFC 7641 §4.1). */
  readonly perAddress?: number
  readonly total?: number
}

export interface Registration {
  readonly remote: Remote
  readonly token: Uint8Array
  /** What the observer is to see now. */
  readonly represent: () => Promise<Response>
  /** Calls back after each change. @returns ends it */
  readonly subscribe: (listener: () => void) => () => void
}

interface Observer extends Registration {
  readonly unsubscribe: () => void
  /** A notification is under way: RFC 7641 §4.5.1 allows one at a time. */
  isNotifying: boolean
  /** It changed meanwhile: the newest state follows, those between are of no interest. */
  isStale: boolean
}

/** RFC 7641 §4.4: 24 bits, growing. */
const sequenceNumbers = 2 ** 24

export class Observers {
  readonly #endpoint: CoapEndpoint
  readonly #perAddress: number
  readonly #total: number
  readonly #observers = new Map<string, Observer>()
  #sequence = 0

  constructor({ endpoint, perAddress = 64, total = 1024 }: ObserversOptions) {
    this.#endpoint = endpoint
    this.#perAddress = perAddress
    this.#total = total
  }

  get size(): number {
    return this.#observers.size
  }

  /** @returns the Observe option for the answer; undefined where no more observers are taken */
  register(registration: Registration): CoapOption | undefined {
    const key = keyOf(registration)
    this.#remove(key)
    if (this.#observers.size >= this.#total || this.#countOf(registration.remote) >= this.#perAddress)
      return undefined
    const observer: Observer = {
      ...registration,
      unsubscribe: registration.subscribe(() => this.#changed(key)),
      isNotifying: false,
      isStale: false,
    }
    this.#observers.set(key, observer)
    return this.#nextOption()
  }

  /** RFC 7641 §3.6: by GET with Observe 1, or because the token is used for something else now. */
  deregister(of: { readonly remote: Remote; readonly token: Uint8Array }): void {
    if (this.#observers.size > 0) this.#remove(keyOf(of))
  }

  stop(): void {
    for (const key of [...this.#observers.keys()]) this.#remove(key)
  }

  #changed(key: string): void {
    const observer = this.#observers.get(key)
    if (observer === undefined) return
    observer.isStale = true
    if (!observer.isNotifying) void this.#notify(key, observer)
  }

  /** Confirmable, so that a lost state is sent again and an observer that is gone is noticed (RFC 7641 §4.5). */
  async #notify(key: string, observer: Observer): Promise<void> {
    observer.isNotifying = true
    observer.isStale = false
    const { code, options, payload } = await observer.represent()
    if (this.#observers.get(key) !== observer) return
    const isLast = !isSuccess(code)
    // RFC 7641 §4.2: an error ends the observation, and carries no sequence number.
    if (isLast) this.#remove(key)
    const message = {
      code,
      token: observer.token,
      options: isLast ? options : [this.#nextOption(), ...options],
      payload,
    }
    const gone = () => this.#removeExactly(key, observer)
    this.#endpoint.confirm(this.#endpoint.peer(observer.remote), message, {
      onAcknowledged: () => {
        observer.isNotifying = false
        if (observer.isStale && this.#observers.get(key) === observer) void this.#notify(key, observer)
      },
      // RFC 7641 §3.6 and §4.5: whoever rejects it, or never takes it, is not interested any more.
      onReset: gone,
      onGivenUp: gone,
    })
  }

  #removeExactly(key: string, observer: Observer): void {
    if (this.#observers.get(key) === observer) this.#remove(key)
  }

  #remove(key: string): void {
    const observer = this.#observers.get(key)
    if (observer === undefined) return
    this.#observers.delete(key)
    observer.unsubscribe()
  }

  #countOf({ address }: Remote): number {
    let count = 0
    for (const { remote } of this.#observers.values()) if (remote.address === address) count += 1
    return count
  }

  #nextOption(): CoapOption {
    this.#sequence = (this.#sequence + 1) % sequenceNumbers
    return { number: OptionNumber.Observe, value: encodeUint(this.#sequence) }
  }
}

/** RFC 7641 §4.1: an observer is known by its endpoint and its token. */
function keyOf({ remote, token }: { readonly remote: Remote; readonly token: Uint8Array }): string {
  return `${remote.address} ${remote.port} ${Buffer.from(token).toString('hex')}`
}
