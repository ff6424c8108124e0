// What the work of pair mode needs from whoever wires it.
import type { ImageSources } from './bring-image.ts'
import type { Connector } from './connect-device.ts'
import type { ExecutionEvent } from './execute-plan.ts'
import type { Journal } from './journal.ts'

export interface PairContext {
  readonly connector: Connector
  readonly journal: Journal
  readonly sources: ImageSources
  /** Milliseconds since the command began. */
  readonly now: () => number
  readonly onEvent: (event: ExecutionEvent) => void
  /** One line for the user, beside the events. */
  readonly say: (text: string) => void
  /** How long a device that has vanished in the middle is tried again, to undo what was begun there. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}
