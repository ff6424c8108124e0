// Runs one command line as this process: its streams, its environment, its signals, its exit code.
import process from 'node:process'
import { packageVersion } from './package-version.ts'
import { type CommandTable, run } from './run.ts'

/** Sets the exit code when the command has ended. */
export async function runProcess(commands: CommandTable): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => stopping.abort(name))
  }
  // Who reads no further, `| head` for example, wants no more of it.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      stopping.abort('EPIPE')
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
}
