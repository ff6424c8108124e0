// Joining and leaving change the same files: one at a time on a device.
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { freeProcessFile, takeProcessFile } from './process-file.ts'

/** A folder that stays empty goes. Throws ShoalError WORKER_BUSY, FILE_UNWRITABLE, or what `act` throws. */
export async function oneAtATime<T>(folder: string, action: string, act: () => Promise<T>): Promise<T> {
  const file = join(folder, 'busy.pid')
  const other = await takeProcessFile(file).catch((error: unknown) => {
    throw new ShoalError('FILE_UNWRITABLE', {
      action,
      object: 'the cluster',
      place: folder,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root, and see that there is room',
      cause: error,
    })
  })
  if (other !== undefined) {
    throw new ShoalError('WORKER_BUSY', {
      action,
      object: 'the cluster',
      place: 'this device',
      reason: `process ${other.pid} is joining or leaving at this moment`,
      nextStep: 'repeat it when that has ended',
    })
  }
  try {
    return await act()
  } finally {
    await freeProcessFile(file)
    await rmdir(folder).catch(() => {})
  }
}
