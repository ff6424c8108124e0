// What one kind of an Engine's refusals is told by, and what is told of it.
import type { ErrorCode } from '../model/errors.ts'

/** One kind of refusal, recognised by its words. */
export interface EngineRefusal {
  readonly code: ErrorCode
  readonly pattern: RegExp
  /** Of what it has to be refused, where the words alone could come from elsewhere: the start of `CallSubject.object`. */
  readonly of?: string
  /** The cause in fewer words than the Engine's, from what the pattern caught, if that is enough. */
  readonly reword?: (groups: Readonly<Record<string, string | undefined>>) => string | undefined
  readonly nextStep?: string
}
