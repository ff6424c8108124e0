// The requests whose answers are not yet settled: how many, how large, and the signals that end their handlers.
import { CoapError } from '../coap-error.ts'
import type { TableUse } from '../messaging/fair-table.ts'
import type { CoapRequest } from '../router.ts'
import type { SignalSource } from './server-request.ts'

export class OpenRequests implements SignalSource {
  readonly #maxCount: number
  readonly #maxBytes: number
  readonly #controllers = new Map<CoapRequest, AbortController>()
  #count = 0
  #bytes = 0
  #isStopped = false

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount
    this.#maxBytes = maxBytes
  }

  get use(): TableUse {
    return { entries: this.#count, bytes: this.#bytes, limitBytes: this.#maxBytes }
  }

  /** Whether handlers were told to end: what they throw then is no news. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Whether a request must be turned away. One alone is never too large: the limit of its body is another. */
  isFull({ payload }: CoapRequest): boolean {
    return this.#count >= this.#maxCount || (this.#count > 0 && this.#bytes + payload.length > this.#maxBytes)
  }

  enter({ payload }: CoapRequest): void {
    this.#count++
    this.#bytes += payload.length
  }

  leave({ payload }: CoapRequest): void {
    this.#count--
    this.#bytes -= payload.length
  }

  signalFor(request: CoapRequest): AbortSignal {
    const controller = new AbortController()
    if (this.#isStopped) controller.abort(stopped())
    else this.#controllers.set(request, controller)
    return controller.signal
  }

  /** The handler has answered: its signal means nothing any more. */
  releaseSignal(request: CoapRequest): void {
    if (this.#controllers.size > 0) this.#controllers.delete(request)
  }

  stop(): void {
    this.#isStopped = true
    for (const controller of this.#controllers.values()) controller.abort(stopped())
    this.#controllers.clear()
  }
}

function stopped(): CoapError {
  return new CoapError('stopped', 'the server was stopped')
}
