// The wiring of the whole: the product's commands, and those of the rooms that the product must not import.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the packages, so that it is trusted as much as the code it holds, and shared by the hosts of a lab.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/shoal', import.meta.url)))
const { productCommands } = await import('../src/cli/main.ts')
const { runProcess } = await import('../src/cli/run-process.ts')

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
  evaluate: {
    summary: 'takes the paper’s measurements, in a lab or on real hosts, and reports them',
    load: async () => (await import('../evaluation/evaluate-command.ts')).evaluateCommand,
  },
  report: {
    summary: 'makes the report of measurements anew from their raw records',
    load: async () => (await import('../evaluation/report-command.ts')).reportCommand,
  },
}

await runProcess(commands)
