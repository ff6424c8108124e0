// The image of a board, kept between runs outside of the repository: made when what goes into it has changed.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isNoSuch } from '../../no-such.ts'
import { buildImage } from './build-image.ts'
import { imageKey } from './recipe.ts'

export const defaultBoardCache = join(homedir(), '.cache', 'shoal', 'board')

/** An image that nobody has started a board from for so long is removed when another one is made. */
const unusedMs = 7 * 86_400_000

export interface BoardImageOptions {
  readonly cache: string
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/**
 * The folder of the image for this checkout; makes it when it is not there. Several at once each make their own, the first one stays.
 * @throws ShoalError `LAB_STEP_FAILED`
 */
export async function boardImage({ cache, signal, progress }: BoardImageOptions): Promise<string> {
  // The Node that runs this: the board has the same version.
  const nodeVersion = process.versions.node
  const folder = join(cache, imageKey(nodeVersion))
  if (touch(folder)) return folder
  mkdirSync(cache, { recursive: true })
  removeUnused(cache)
  const draft = mkdtempSync(join(cache, 'draft-'))
  try {
    await buildImage({ folder: draft, npmFolder: join(cache, 'npm'), nodeVersion, signal, progress })
    try {
      renameSync(draft, folder)
    } catch (error) {
      if (!touch(folder)) throw error
    }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

/** False when it is not there. */
function touch(folder: string): boolean {
  try {
    utimesSync(folder, new Date(), new Date())
    return true
  } catch (error) {
    if (isNoSuch(error)) return false
    throw error
  }
}

/** Images and what builds that were killed have left; a draft of now is younger. */
function removeUnused(cache: string): void {
  for (const name of readdirSync(cache).filter((one) => /^([0-9a-f]{16}|draft-\w+)$/.test(one))) {
    const folder = join(cache, name)
    const age = Date.now() - statSync(folder).mtimeMs
    const limit = name.startsWith('draft-') ? unusedMs / 7 : unusedMs
    if (age > limit) rmSync(folder, { recursive: true, force: true })
  }
}
