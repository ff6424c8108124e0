// Activations under way, written down on this machine before anything is changed on a device: if we are killed, or the link to
// a device is, the next command that reaches the device finishes what is written here.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import type { Footprint } from './footprint.ts'
import { hasEnded, ownProcess, type ProcessIdentity } from './process-identity.ts'
import type { Target } from './target.ts'

/** `undo`: it has not succeeded, and what it made must go. `settle`: it has, and what it replaced must go. */
export type Duty = 'undo' | 'settle'

export interface JournalEntry {
  readonly run: string
  readonly application: string
  readonly duty: Duty
  /** Who works on it; while that process lives, nobody else does, unless it has given up. */
  readonly owner: ProcessIdentity
  readonly isGivenUp: boolean
  readonly devices: readonly JournalDevice[]
}

export interface JournalDevice {
  readonly target: Target
  readonly footprint: Footprint
}

const suffix = '.json'

export class Journal {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Writes the entry, or puts it in the place of the one with the same run. On the disk when it resolves. */
  async write(entry: Omit<JournalEntry, 'owner'>): Promise<void> {
    const unfinished = join(this.folder, `.${randomBytes(8).toString('hex')}`)
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 })
      const file = await open(unfinished, 'w', 0o600)
      try {
        await file.writeFile(`${JSON.stringify({ ...entry, owner: ownProcess() })}\n`)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(unfinished, this.#path(entry.run))
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {})
      throw new ShoalError('FILE_UNWRITABLE', {
        action: 'note',
        object: `activation ${entry.run}`,
        place: this.folder,
        reason: error instanceof Error ? error.message : String(error),
        nextStep: 'free space there, or set XDG_STATE_HOME to a folder of yours',
        cause: error,
      })
    }
  }

  /** Gone from the disk when it resolves: after a power cut an entry that came back would undo what had succeeded. */
  async remove(run: string): Promise<void> {
    await rm(this.#path(run), { force: true })
    const folder = await open(this.folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  /** The entries that nobody works on any more, or that their owner could not finish. One that cannot be read is passed over: it was never finished. */
  async abandoned(): Promise<JournalEntry[]> {
    const names = await readdir(this.folder).catch(() => [])
    const entries = await Promise.all(
      names.filter((name) => name.endsWith(suffix)).map((name) => this.#read(join(this.folder, name))),
    )
    return entries
      .filter((entry) => entry !== undefined)
      .filter(({ owner, isGivenUp }) => isGivenUp || hasEnded(owner))
  }

  async #read(path: string): Promise<JournalEntry | undefined> {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as JournalEntry
    } catch {
      return undefined
    }
  }

  #path(run: string): string {
    return join(this.folder, `${run}${suffix}`)
  }
}

/** Whether both name the same log-in, in whatever words. */
export function isSameTarget(a: Target, b: Target): boolean {
  return a.host === b.host && a.user === b.user && a.port === b.port
}
