// The wiring of the whole: the product's commands, and those of the rooms that the product must not import.
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// Beside the packages, so that it is trusted as much as the code it holds, and shared by the hosts of a lab.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/shoal', import.meta.url)))
const { productCommands, run } = await import('../src/cli/main.ts')
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const commands = {
  ...productCommands,
  lab: {
    summary: 'brings up an emulated edge on this machine: hosts with real engines',
    load: async () => (await import('../lab/command.ts')).labCommand,
  },
  demo: {
    summary: 'shows the main job on this machine, in a lab',
    load: async () => (await import('../evaluation/demo-command.ts')).demoCommand,
  },
}

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
  version,
)
