// The life of one call: its deadline, its signal, and whatever it waits for at the moment.
import { CoapError } from '../coap-error.ts'
import { type Schedule, Task } from '../messaging/schedule.ts'

/** Something an operation waits for. */
export interface Wait {
  /** Ends the wait: nothing of it remains, and its promise rejects with the error. */
  cancel(error: CoapError): void
  /** How far it got, for the error of a deadline: `sent 4 times, never acknowledged`. */
  progress(): string
}

export interface OperationInit {
  readonly schedule: Schedule
  /** What is done, for errors: `GET coap://10.0.0.1/average`. */
  readonly label: string
  readonly deadlineMs: number
  readonly signal: AbortSignal | undefined
}

/** It waits for one thing at a time; when deadline, signal or `end` comes, that wait is over. */
export class Operation extends Task {
  readonly #init: OperationInit
  #current: Wait | undefined
  #endedBy: CoapError | undefined

  constructor(init: OperationInit) {
    super()
    this.#init = init
  }

  begin(): void {
    const { schedule, deadlineMs, signal } = this.#init
    schedule.start(this, deadlineMs)
    signal?.addEventListener('abort', this.#onAbort)
    if (signal?.aborted === true) this.#onAbort()
  }

  /** Throws the `CoapError` that ended it, where one did. */
  throwIfEnded(): void {
    if (this.#endedBy !== undefined) throw this.#endedBy
  }

  /** No deadline and no signal touches it any more. */
  end(): void {
    this.#init.schedule.cancel(this)
    this.#init.signal?.removeEventListener('abort', this.#onAbort)
  }

  cancel(error: CoapError): void {
    if (this.#endedBy !== undefined) return
    this.#endedBy = error
    this.#current?.cancel(error)
  }

  /** Waits for what `start` begins; rejects at once when the operation has ended. */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => Wait): Promise<T> {
    if (this.#endedBy !== undefined) return Promise.reject(this.#endedBy)
    return new Promise((resolve, reject) => {
      this.#current = start(resolve, reject)
    })
  }

  /** Waits for a promise that cannot be cancelled, and turns its back on it when the operation ends. */
  waitFor<T>(promise: Promise<T>, what: string): Promise<T> {
    return this.wait((resolve, reject) => {
      promise.then(resolve, reject)
      return { cancel: reject, progress: () => what }
    })
  }

  override onDue(): void {
    const { label, deadlineMs } = this.#init
    const progress = this.#current === undefined ? '' : `: ${this.#current.progress()}`
    this.cancel(new CoapError('timed-out', `${label}: no answer within ${deadlineMs} ms${progress}`))
  }

  override onStopped(): void {
    this.cancel(new CoapError('stopped', `${this.#init.label}: the client was stopped`))
  }

  readonly #onAbort = (): void => {
    this.cancel(new CoapError('aborted', `${this.#init.label}: aborted`, this.#init.signal?.reason))
  }
}
