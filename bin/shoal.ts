// The wiring of the whole: the product's commands, and those of the rooms that the product must not import.
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import process from 'node:process'

enableCompileCache()
const { productCommands, run } = await import('../src/cli/main.ts')
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const commands = {
  ...productCommands,
}

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => stopping.abort(name))
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
  version,
)
