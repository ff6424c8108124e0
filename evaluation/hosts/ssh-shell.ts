// Programs on a device, over one connection of the system's OpenSSH: as pair mode has it, host keys checked, the user's own configuration.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { interruption } from '../../src/pair/interruption.ts'
import {
  commandArguments,
  connectArguments,
  controlArguments,
  type SshOptions,
} from '../../src/pair/ssh-arguments.ts'
import { explainSshFailure } from '../../src/pair/ssh-failure.ts'
import type { SshFolder } from '../../src/pair/ssh-folder.ts'
import { type Environment, runSsh } from '../../src/pair/ssh-process.ts'
import type { Target } from '../../src/pair/target.ts'
import { quote, type Shell } from './shell.ts'

const connectLimitMs = 20_000
const endLimitMs = 5000

export interface SshShellOptions {
  /** Of the connection's sockets. */
  readonly folder: SshFolder
  /** Left out: the user's own configuration. */
  readonly ssh?: SshOptions
  readonly env: Environment
  readonly signal: AbortSignal
}

/** Logs in. Throws ShoalError: why the device does not let us in. */
export async function openSshShell(
  target: Target,
  { folder, ssh = {}, env, signal }: SshShellOptions,
): Promise<Shell> {
  folder.prepare()
  const files = folder.newFiles(target, ssh)
  const run = { env, deadlineMs: connectLimitMs, signal }
  const { exitCode, stderr, timedOut } = await runSsh(connectArguments(target, ssh, files), run)
  if (exitCode !== 0) {
    const log = (await readFile(files.log, 'utf8').catch(() => '')) + stderr
    folder.remove(files)
    if (signal.aborted) throw interruption('connect', `to ${target.label}`)
    throw explainSshFailure({ target, log, timedOutAfterMs: timedOut ? connectLimitMs : undefined })
  }
  return {
    start(argv, stdio) {
      const command = argv.map(quote).join(' ')
      const options = { stdio, env: { ...env, LC_ALL: 'C' }, detached: true }
      return spawn('ssh', commandArguments(target, files, `exec ${command}`), options)
    },
    async close() {
      await runSsh(controlArguments(target, files, 'exit'), { env, deadlineMs: endLimitMs })
      folder.remove(files)
    },
  }
}
