// One request that came in, until it is answered: by its acknowledgement, or by a response of its own (RFC 7252 §5.2).
import type { Message } from '../codec/message.ts'
import type { CoapOption } from '../options.ts'
import type { Remote } from '../transport/remote.ts'
import type { SeenMessage } from './deduplication.ts'
import { Task } from './schedule.ts'

export interface Response {
  readonly code: number
  readonly options: readonly CoapOption[]
  readonly payload: Uint8Array
}

/** What the endpoint does for its inbound requests. */
export interface ResponsePath {
  /** Starts the wait after which `acknowledge` is called. */
  expectDelay(request: InboundRequest): void
  acknowledge(request: InboundRequest): void
  /** `onSettled`: the other side has it, rejected it or will never have it. */
  respond(request: InboundRequest, response: Response, onSettled: (() => void) | undefined): void
  forget(request: InboundRequest): void
}

export class InboundRequest extends Task {
  readonly message: Message
  readonly remote: Remote
  readonly seen: SeenMessage
  /** It was sent to a group: who has nothing to say keeps silent (RFC 7252 §8.2). */
  readonly toGroup: boolean
  /** Whether it got an empty acknowledgement: its response then goes in a message of its own. */
  isAcknowledged = false
  readonly #path: ResponsePath
  #isAnswered = false

  constructor(path: ResponsePath, message: Message, remote: Remote, seen: SeenMessage, toGroup: boolean) {
    super()
    this.#path = path
    this.message = message
    this.remote = remote
    this.seen = seen
    this.toGroup = toGroup
  }

  /** The answer takes its time: after a while an empty acknowledgement keeps the other side from asking again. */
  expectDelay(): void {
    this.#path.expectDelay(this)
  }

  override onDue(): void {
    if (!this.#isAnswered) this.#path.acknowledge(this)
  }

  /** Once; a second answer is dropped. Throws `CoapError` (`bad-request`), and is not answered, where the response cannot be encoded. */
  respond(response: Response, onSettled?: () => void): void {
    if (this.#isAnswered) return
    this.#path.respond(this, response, onSettled)
    this.#isAnswered = true
  }

  /** Nothing is kept for its duplicates: the same answer can be made again at no cost. */
  forget(): void {
    this.#path.forget(this)
  }
}
