// One manager a key folder: a file in it names the process, and a file of a dead one holds nobody up.
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { freeProcessFile, takeProcessFile } from '../worker/process-file.ts'

export function managerFile(folder: string): string {
  return join(folder, 'manager.pid')
}

export class ManagerLock {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Throws ShoalError MANAGER_RUNS. */
  async take(): Promise<void> {
    const holder = await takeProcessFile(managerFile(this.#folder))
    if (holder === undefined) return
    throw new ShoalError('MANAGER_RUNS', {
      action: 'start',
      object: 'the manager',
      place: this.#folder,
      reason: `one runs already, as process ${holder.pid}`,
      nextStep: 'shoal status shows it, shoal manager stop ends it',
    })
  }

  async free(): Promise<void> {
    await freeProcessFile(managerFile(this.#folder))
  }
}
