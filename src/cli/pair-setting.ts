// What the sub-commands of `shoal pair` share: devices and folders as objects, made from words and the environment.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import type { Connector } from '../pair/connect-device.ts'
import { Journal } from '../pair/journal.ts'
import { SshFolder, sshFolderPath } from '../pair/ssh-folder.ts'
import { looksLikeTarget, parseTargets, type Target } from '../pair/target.ts'
import type { Io } from './io.ts'

export interface PairOptions {
  readonly identity?: string
  readonly sshConfig?: string
}

/** Throws ShoalError when a file that was named cannot be read. */
export function makeConnector(io: Io, { identity, sshConfig }: PairOptions): Connector {
  for (const path of [identity, sshConfig]) if (path !== undefined) requireReadable(path)
  return {
    folder: new SshFolder(sshFolderPath(io.env)),
    ssh: { identityFile: identity, configFile: sshConfig },
    env: io.env,
  }
}

export function makeJournal(io: Io): Journal {
  return new Journal(stateFolder(io.env))
}

/** The words of a command line: devices first, then one that names something else, which may be missing. */
export function splitWords(words: readonly string[]): {
  readonly targets: readonly Target[]
  readonly last: string | undefined
} {
  const last = words.at(-1)
  if (last === undefined || looksLikeTarget(last)) return { targets: parseTargets(words), last: undefined }
  return { targets: parseTargets(words.slice(0, -1)), last }
}

/** Throws ShoalError USAGE without a device, or without what the last word names. */
export function requireWords(
  words: readonly string[],
  what: string,
): { readonly targets: readonly Target[]; readonly last: string } {
  const { targets, last } = splitWords(words)
  if (last === undefined) throw usage(`${what} is missing: it stands after the devices`)
  if (targets.length === 0) throw usage('no device is named: USER@HOST stands before everything else')
  return { targets, last }
}

export function usage(reason: string): ShoalError {
  return new ShoalError('USAGE', {
    action: 'read',
    object: 'the command line',
    reason,
    nextStep: 'shoal pair --help, or --help after the command',
  })
}

/** XDG_STATE_HOME/shoal/pair; for root /var/lib/shoal/pair; else ~/.local/state/shoal/pair (XDG Base Directory). */
function stateFolder(env: Io['env']): string {
  if (env.XDG_STATE_HOME?.startsWith('/')) return join(env.XDG_STATE_HOME, 'shoal', 'pair')
  if (process.getuid?.() === 0) return '/var/lib/shoal/pair'
  return join(env.HOME ?? '/', '.local', 'state', 'shoal', 'pair')
}

function requireReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK)
  } catch (error) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: path,
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}
