// Puts the device runtime where an Engine calls it, and takes it away again. The Engine's configuration is somebody else's.
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ShoalError } from '../model/errors.ts'

/** As the Engine's configuration names it. */
export const runtimeName = 'shoal'
export const runtimeFolder = '/var/lib/shoal/runtime'

const program = 'shoal-runtime'
const bundle = 'create.cjs'
const unfinished = '.unfinished-'

/** What the Engine is to call. */
export function runtimeProgram(folder: string): string {
  return join(folder, program)
}

export interface RuntimeSetting {
  /** Absolute. It is run before every container that claims a device. */
  readonly node: string
  /** Where runc and flock are looked for: a PATH. */
  readonly searchPath: string
  /** What runs containers in the end: a path or a name; default runc. */
  readonly lower?: string | undefined
}

/**
 * Each file appears whole; what is there already and is the same stays untouched. A container that starts meanwhile meets the one or the other.
 * @throws ShoalError RUNTIME_INCOMPLETE where runc or another part is missing, FILE_UNWRITABLE
 */
export async function installRuntime(
  folder: string,
  { node, searchPath, lower = 'runc' }: RuntimeSetting,
): Promise<void> {
  const runc = lower.startsWith('/') ? lower : await findProgram(lower, searchPath)
  await findProgram('flock', searchPath)
  // Both lie in dist, two folders up from this file and from the one file that the agent is made of.
  const shell = await readPart(new URL('../../dist/runtime/shoal-runtime.sh', import.meta.url))
  const created = await readPart(new URL(`../../dist/runtime/${bundle}`, import.meta.url))
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await removeUnfinished(folder)
    // First what the program needs, then the program.
    await place(join(folder, bundle), created, 0o644)
    await place(runtimeProgram(folder), withPaths(shell, { runc, node }), 0o755)
  } catch (error) {
    throw new ShoalError('FILE_UNWRITABLE', {
      action: 'install',
      object: 'the device runtime',
      place: folder,
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

/** For when no Engine calls it any more. Files that are not the runtime's stay, and the folder with them. */
export async function removeRuntime(folder: string): Promise<void> {
  await removeUnfinished(folder)
  for (const name of [program, bundle]) await rm(join(folder, name), { force: true })
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error
  })
}

/** The text of the program with the two paths instead of its defaults. */
export function withPaths(shell: string, paths: { readonly runc: string; readonly node: string }): string {
  return Object.entries(paths).reduce((text, [name, path]) => {
    // No quoting of the shell reaches these, and the refusal in JSON stays JSON.
    if (!/^\/[\w./+@:-]+$/.test(path))
      throw incomplete(`${path}, the path of ${name}, has strange characters`)
    return text.replace(new RegExp(`^${name}=${name}$`, 'm'), `${name}=${path}`)
  }, shell)
}

async function findProgram(name: string, searchPath: string): Promise<string> {
  for (const folder of searchPath.split(delimiter).filter((each) => each.startsWith('/'))) {
    const file = join(folder, name)
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  throw incomplete(`there is no ${name} in ${searchPath}`)
}

async function readPart(file: URL): Promise<string> {
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw incomplete(error.message)
  })
}

function incomplete(reason: string): ShoalError {
  return new ShoalError('RUNTIME_INCOMPLETE', {
    action: 'install',
    object: 'the device runtime',
    reason,
    nextStep: 'sh scripts/setup',
  })
}

async function place(file: string, text: string, mode: number): Promise<void> {
  const [have, state] = await Promise.all([
    readFile(file, 'utf8').catch(() => undefined),
    stat(file).catch(() => undefined),
  ])
  if (have === text && state !== undefined && (state.mode & 0o777) === mode) return
  const aside = join(file, '..', `${unfinished}${randomUUID()}`)
  const handle = await open(aside, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
}

async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => each.startsWith(unfinished)))
    await rm(join(folder, name), { force: true })
}
