// A request as its handler sees it.
import type { Message } from '../codec/message.ts'
import { decodeText, findTexts, findUint } from '../codec/option-value.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import type { CoapRequest } from '../router.ts'
import type { Remote } from '../transport/remote.ts'

/** Gives out signals that end with the server. */
export interface SignalSource {
  signalFor(request: ServerRequest): AbortSignal
}

/** What few handlers read is made when it is read: query, signal, text. */
export class ServerRequest implements CoapRequest {
  readonly method: number
  readonly path: readonly string[]
  readonly payload: Uint8Array
  readonly options: readonly CoapOption[]
  readonly remote: Remote
  readonly contentFormat: number | undefined
  readonly accept: number | undefined
  readonly #signals: SignalSource
  #query: readonly string[] | undefined
  #signal: AbortSignal | undefined

  constructor(message: Message, remote: Remote, signals: SignalSource) {
    const { options } = message
    this.method = message.code
    this.payload = message.payload
    this.options = options
    this.remote = remote
    this.path = findTexts(options, OptionNumber.UriPath)
    this.contentFormat = findUint(options, OptionNumber.ContentFormat)
    this.accept = findUint(options, OptionNumber.Accept)
    this.#signals = signals
  }

  get query(): readonly string[] {
    this.#query ??= findTexts(this.options, OptionNumber.UriQuery)
    return this.#query
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#signals.signalFor(this)
    return this.#signal
  }

  text(): string {
    return decodeText(this.payload)
  }
}
