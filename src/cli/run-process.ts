// Runs one command line as this process: its streams, its environment, its signals, its exit code.
import process from 'node:process'
import { errorTable, renderError, ShoalError } from '../model/errors.ts'
import { packageVersion } from './package-version.ts'
import { type CommandTable, run } from './run.ts'

/** Who reads no further, `| head` for example, wants no more of it; nor does who has closed the terminal. */
const nobodyReads: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO'])

/** Sets the exit code when the command has ended. */
export async function runProcess(commands: CommandTable): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => stopping.abort(name))
  }
  let hasEnded = false
  let unwritten: ShoalError | undefined
  const tell = (error: ShoalError) => {
    process.exitCode = errorTable[error.code].exitCode
    process.stderr.write(`${renderError(error)}\n`)
  }
  for (const [name, stream] of [
    ['output', process.stdout],
    ['error', process.stderr],
  ] as const) {
    // Never thrown: the command still has to undo what it half did.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      stopping.abort(error.code)
      if (unwritten !== undefined || nobodyReads.has(error.code)) return
      unwritten = new ShoalError('FILE_UNWRITABLE', {
        action: 'write',
        object: `to standard ${name}`,
        reason: error.message,
        cause: error,
      })
      // What is written last fails only after the end.
      if (hasEnded) tell(unwritten)
    })
  }
  process.exitCode = await run(
    commands,
    process.argv.slice(2),
    {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      isTerminal: process.stderr.isTTY === true,
      env: process.env,
      signal: stopping.signal,
    },
    packageVersion(),
  )
  hasEnded = true
  if (unwritten !== undefined) tell(unwritten)
}
