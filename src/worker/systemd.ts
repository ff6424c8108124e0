// The little of systemd that is used: whether it runs, where units stand, its command, and how it wants command lines.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** sd_booted(3). */
export function systemdRuns(): boolean {
  return existsSync('/run/systemd/system')
}

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

/** A command line for `ExecStart=` (systemd.service(5), "Command lines"): each word means itself. */
export function renderCommandLine(argv: readonly string[]): string {
  return argv
    .map((word) => {
      const escaped = word
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll('%', '%%')
        .replaceAll('$', '$$$$')
      return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`
    })
    .join(' ')
}
