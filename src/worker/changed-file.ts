// A file of the device that joining changes: what was there is known before it is written, and comes back byte for byte.
import { chmod, chown, mkdir, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import type { ChangedFile } from './membership.ts'
import { writeWhole } from './write-whole.ts'

const newFileMode = 0o644

/** @returns undefined where there is no file */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * What is to be undone once `written` stands in the file.
 * @param earlier of a joining that was cut off: what it found there stays what was before
 * @param interim what stands there for a moment while it is undone
 */
export function planChange(
  path: string,
  present: Buffer | undefined,
  written: string,
  earlier: ChangedFile | undefined,
  interim?: string,
): ChangedFile {
  const known = earlier?.path === path ? earlier : undefined
  const isOurs =
    known !== undefined &&
    present !== undefined &&
    (present.toString('base64') === known.written || present.toString('utf8') === interim)
  return {
    path,
    before: isOurs ? known.before : (present?.toString('base64') ?? null),
    written: Buffer.from(written).toString('base64'),
  }
}

/** Through links to the file itself, with the mode and the owner that it has. Its folder must be there. */
export async function writeInPlace(path: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const known = await stat(target).catch(() => undefined)
  await writeWhole(target, content, known === undefined ? newFileMode : known.mode & 0o7777)
  // The mode of a new file is cut by the umask.
  if (known === undefined) return await chmod(target, newFileMode)
  await chmod(target, known.mode & 0o7777)
  await chown(target, known.uid, known.gid)
}

export async function apply({ path, written }: ChangedFile): Promise<void> {
  try {
    await writeInPlace(path, Buffer.from(written, 'base64'))
  } catch (error) {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'write',
      object: 'a setting of the Docker Engine',
      place: path,
      reason: error instanceof Error ? error.message : String(error),
      nextStep: 'run it as root, and see that there is room',
      cause: error,
    })
  }
}

/** @param before what was there; null: nothing was */
export async function putBack(path: string, before: string | null): Promise<void> {
  if (before === null) await rm(path, { force: true })
  else await writeInPlace(path, Buffer.from(before, 'base64'))
}

/** The folders that are missing down to this one, outermost first. */
export async function missingFolders(folder: string): Promise<readonly string[]> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  if (isThere || dirname(folder) === folder) return []
  return [...(await missingFolders(dirname(folder))), folder]
}

export async function makeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await mkdir(folder, { recursive: true })
}

/** Those in which somebody else has put something stay. */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => {})
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
