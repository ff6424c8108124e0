// Programs on this machine.
import { spawn } from 'node:child_process'
import type { Shell } from './shell.ts'

export const localShell: Shell = {
  start(argv, stdio) {
    const [program = '', ...rest] = argv
    // A group of its own, so that all of it can be killed at once, and Ctrl-C reaches nothing of it.
    return spawn(program, rest, { stdio, detached: true })
  },
  close: async () => {},
}
