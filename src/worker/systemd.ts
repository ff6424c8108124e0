// The little of systemd that is used: where units stand, and its command.
import { spawn } from 'node:child_process'

export function unitFile(unit: string): string {
  return `/etc/systemd/system/${unit}`
}

/** @returns the exit code; -1 where the program cannot be run */
export function runToEnd(argv: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' })
    child.once('error', () => resolve(-1))
    child.once('close', (code) => resolve(code ?? -1))
  })
}
