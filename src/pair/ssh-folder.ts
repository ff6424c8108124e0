// The private folder in which the sockets of connections lie, and which of them live. Nobody but the user may enter it:
// whoever can open a forwarded socket rules the device.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import type { ConnectionFiles } from './connection-files.ts'
import type { SshOptions } from './ssh-arguments.ts'
import type { Target } from './target.ts'

/** sun_path holds 108 bytes with the final zero, and ssh binds its control socket under a name 17 characters longer first. */
const longestFolder = 108 - 1 - 17 - '/0123456789abcdef-0123456789ab.ctl'.length

/** An ssh whose log is this young may be connecting and not listen yet. */
const connectingMs = 30_000

/**
 * Where the folder is: `$XDG_RUNTIME_DIR/shoal`, for root `/run/shoal`, else `/tmp/shoal-UID`; all of them are gone after a reboot.
 */
export function sshFolderPath(env: Readonly<Record<string, string | undefined>>): string {
  const uid = process.getuid?.() ?? 0
  const base = env.XDG_RUNTIME_DIR
  if (base?.startsWith('/') && base.length + '/shoal'.length <= longestFolder) return join(base, 'shoal')
  return uid === 0 ? '/run/shoal' : `/tmp/shoal-${uid}`
}

/**
 * Synchronous: the folder lies in memory, and ssh should be on its way before the program spends its time on anything else.
 */
export class SshFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Makes the folder if need be. Throws ShoalError when somebody else could look into it. */
  prepare(): void {
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 })
      const { uid, mode } = lstatSync(this.path)
      if (uid === process.getuid?.() && (mode & 0o077) === 0) return
    } catch (error) {
      throw new ShoalError('FILE_UNWRITABLE', {
        action: 'make',
        object: `the folder ${this.path}`,
        reason: error instanceof Error ? error.message : String(error),
        nextStep: 'set XDG_RUNTIME_DIR to a folder of yours',
        cause: error,
      })
    }
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'use',
      object: `the folder ${this.path}`,
      reason: 'others may enter it, or it is not yours; whoever reaches the sockets in it rules the devices',
      nextStep: `chmod 700 ${this.path}, or remove it, or set XDG_RUNTIME_DIR to a folder of yours`,
    })
  }

  /** Names for a connection that is to be made. */
  newFiles(target: Target, options: SshOptions): ConnectionFiles {
    return this.#files(`${connectionKey(target, options)}-${randomBytes(6).toString('hex')}`)
  }

  /** The connections to one target, or all; dead ones among them. */
  list(target?: Target, options: SshOptions = {}): ConnectionFiles[] {
    const prefix = target === undefined ? '' : `${connectionKey(target, options)}-`
    const names = existsSync(this.path) ? readdirSync(this.path) : []
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.log'))
      .map((name) => this.#files(name.slice(0, -'.log'.length)))
  }

  remove({ socket, control, log }: ConnectionFiles): void {
    for (const path of [socket, control, log]) rmSync(path, { force: true })
  }

  /** Removes what an ended ssh has left; one that is connecting just now, for another command, keeps its files. */
  removeDead(files: ConnectionFiles): void {
    const writtenAtMs = statSync(files.log, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (Date.now() - writtenAtMs > connectingMs) this.remove(files)
  }

  /** Removes what is left of all connections that have ended: ssh takes its control socket away itself, and nothing else. */
  sweep(): void {
    for (const files of this.list()) if (!existsSync(files.control)) this.removeDead(files)
  }

  #files(name: string): ConnectionFiles {
    return {
      socket: join(this.path, `${name}.sock`),
      control: join(this.path, `${name}.ctl`),
      log: join(this.path, `${name}.log`),
    }
  }
}

/**
 * The same for the same log-in. A host name means another machine in another network namespace, and another working
 * directory makes another file of a relative path.
 */
function connectionKey({ user, host, port }: Target, { identityFile, configFile }: SshOptions): string {
  const parts = [readlinkSync('/proc/self/ns/net'), process.cwd(), user, host, port, identityFile, configFile]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
