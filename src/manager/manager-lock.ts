// One manager a key folder: a file in it names the process, and a file of a dead one holds nobody up.
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { freeProcessFile, type Holder, takeProcessFile } from '../worker/process-file.ts'

export function managerFile(folder: string): string {
  return join(folder, 'manager.pid')
}

export class ManagerLock {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Throws ShoalError MANAGER_RUNS, FILE_UNWRITABLE. */
  async take(): Promise<void> {
    const holder = await this.#hold()
    if (holder === undefined) return
    throw new ShoalError('MANAGER_RUNS', {
      action: 'start',
      object: 'the manager',
      place: this.#folder,
      reason: `one runs already, as process ${holder.pid}`,
      nextStep: 'shoal status shows it, shoal manager stop ends it',
    })
  }

  async #hold(): Promise<Holder | undefined> {
    try {
      return await takeProcessFile(managerFile(this.#folder))
    } catch (error) {
      throw new ShoalError('FILE_UNWRITABLE', {
        action: 'take',
        object: 'the key folder',
        place: this.#folder,
        reason: error instanceof Error ? error.message : String(error),
        nextStep: 'make room there, or run it as root, or name another folder with --data',
        cause: error,
      })
    }
  }

  async free(): Promise<void> {
    await freeProcessFile(managerFile(this.#folder))
  }
}
