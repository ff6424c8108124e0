// Writes a file so that nobody ever sees half of it, a power cut included.
import { randomUUID } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const prefix = '.shoal-'

/** A file beside the one that is meant, under a name that says whose it is. */
export function unfinishedName(folder: string): string {
  return join(folder, `${prefix}${randomUUID()}`)
}

/** Takes away what processes that were killed in the middle of writing left; for when nobody writes there. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => each.startsWith(prefix)))
    await rm(join(folder, name), { force: true })
}

/** @param mode file mode bits */
export async function writeWhole(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const unfinished = unfinishedName(dirname(path))
  try {
    const file = await open(unfinished, 'wx', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** The new name, too, outlasts a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
