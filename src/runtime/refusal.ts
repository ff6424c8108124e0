// How a runtime tells the Engine why it does not make a container: an entry in the log that the Engine asked for, which it reads back.
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import { renderError, ShoalError } from '../model/errors.ts'

export interface RefusalLog {
  /** Of --log; empty: none was asked for. */
  readonly file: string
  /** Of --log-format. */
  readonly format: string
}

/** The exit status by which the shell part knows that the reason is told. */
export const toldStatus = 3

export function tellRefusal(error: unknown, { file, format }: RefusalLog, now: Date): void {
  const text = renderRefusal(error)
  if (file === '') {
    process.stderr.write(`${text}\n`)
    return
  }
  const entry = { level: 'error', msg: text, time: now.toISOString() }
  appendFileSync(file, format === 'json' ? `${JSON.stringify(entry)}\n` : `${text}\n`)
}

/** What `docker inspect` and the task of Swarm then say. */
export function renderRefusal(error: unknown): string {
  if (error instanceof ShoalError) return renderError(error)
  const reason = error instanceof Error ? error.message : String(error)
  return renderError(
    new ShoalError('INTERNAL', { action: 'give', object: 'a container its devices', reason, cause: error }),
  )
}
