// Programs of Debian that a service runs beside Node, such as libgpiod's tools: a layer of its own, with the libraries they need.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { type Architecture, architectures } from './architecture.ts'
import { fetchDebianPackages } from './debian-packages.ts'
import { parseElf } from './elf.ts'
import type { LayerEntry } from './layer-tar.ts'
import { findLibraries, libraryFolders, type SharedLibrary } from './shared-libraries.ts'

/** What a service's `programs.json` says: a list of these. */
export interface ProgramWish {
  /** Debian's package: `gpiod`. */
  readonly package: string
  /** In `/usr/bin`: `gpioget`. */
  readonly programs: readonly string[]
}

export interface FoundPrograms {
  readonly programs: readonly { readonly name: string; readonly content: Buffer }[]
  /** Where their libraries are, in order of preference. */
  readonly libraries: readonly string[]
}

export interface ProgramSources {
  /** Where packages are fetched to that this machine has not. */
  readonly packages: string
  /** Default: the machine's own. */
  readonly programs?: string
}

export interface ProgramsLayer {
  readonly inputs: string
  readonly title: string
  readonly entries: () => LayerEntry[]
}

/** None where the service has no such file. @throws ShoalError IMAGE_RUNTIME_MISSING where it is not what it should be */
export async function readProgramWishes(serviceFolder: string): Promise<readonly ProgramWish[]> {
  const path = join(serviceFolder, 'programs.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return []
  const wishes: unknown = JSON.parse(text)
  if (Array.isArray(wishes) && wishes.every(isWish)) return wishes
  throw new ShoalError('IMAGE_RUNTIME_MISSING', {
    action: 'read',
    object: path,
    reason: 'it is no list of {"package": "NAME", "programs": ["NAME"]}',
  })
}

/** A name stands in a path and on apt's command line: it is a name. */
function isWish(wish: Partial<ProgramWish> | null): wish is ProgramWish {
  const isName = (name: unknown) => typeof name === 'string' && /^[a-z0-9][a-z0-9+.-]*$/.test(name)
  return isName(wish?.package) && Array.isArray(wish?.programs) && wish.programs.every(isName)
}

/**
 * From this machine if it has all of them for the architecture, else from Debian.
 * @throws ShoalError IMAGE_RUNTIME_MISSING
 */
export async function findPrograms(
  wishes: readonly ProgramWish[],
  architecture: Architecture,
  { packages: folder, programs: own = '/usr/bin' }: ProgramSources,
  signal: AbortSignal,
): Promise<FoundPrograms> {
  const names = wishes.flatMap(({ programs }) => programs).sort()
  const here = await readAll(own, names, architecture)
  if (here !== undefined) return { programs: here, libraries: libraryFolders(architecture) }
  // Node's own libraries too: who has no gpiod of an architecture often has nothing of it.
  const packages = [...wishes.map((wish) => wish.package), 'libstdc++6']
  const tree = await fetchDebianPackages({ architecture, packages, folder, signal })
  const fetched = await readAll(join(tree, 'usr/bin'), names, architecture)
  if (fetched === undefined) {
    throw new ShoalError('IMAGE_RUNTIME_MISSING', {
      action: 'build',
      object: `the ${architecture} image`,
      reason: `Debian's ${packages.join(', ')} bring no ${names.join(', ')}`,
      nextStep: `remove ${tree}, build again`,
    })
  }
  const libraries = libraryFolders(architecture)
  return { programs: fetched, libraries: [...libraries, ...libraries.map((each) => join(tree, each))] }
}

/** @param inRuntime paths that the runtime layer has already */
export async function readProgramsLayer(
  wishes: readonly ProgramWish[],
  { programs, libraries }: FoundPrograms,
  architecture: Architecture,
  inRuntime: ReadonlySet<string>,
): Promise<ProgramsLayer> {
  const found = new Map<string, SharedLibrary>()
  for (const { content } of programs) {
    for (const library of await findLibraries(parseElf(content), architecture, libraries)) {
      found.set(library.soname, library)
    }
  }
  const entries: LayerEntry[] = [
    ...programs.map(({ name, content }) => ({ path: `usr/bin/${name}`, mode: 0o755, content })),
    ...[...found.values()].map(({ soname, content }) => ({
      path: `lib/${architectures[architecture].triplet}/${soname}`,
      mode: 0o755,
      content,
    })),
  ].filter(({ path }) => !inRuntime.has(path) && !isLoader(path, inRuntime))
  const hash = createHash('sha256')
  for (const { path, content } of entries) hash.update(`${path}\0${content?.length}\0`).update(content ?? '')
  const title = `programs of ${wishes.map((wish) => wish.package).join(', ')}`
  return { inputs: `sha256:${hash.digest('hex')}`, title, entries: () => entries }
}

/** The loader is in the runtime by the path that programs name it by, not among the libraries. */
function isLoader(path: string, inRuntime: ReadonlySet<string>): boolean {
  const name = path.split('/').at(-1) ?? ''
  return name.startsWith('ld-linux') && [...inRuntime].some((each) => each.endsWith(`/${name}`))
}

async function readAll(
  folder: string,
  names: readonly string[],
  architecture: Architecture,
): Promise<FoundPrograms['programs'] | undefined> {
  const programs: { name: string; content: Buffer }[] = []
  for (const name of names) {
    const content = await readFile(join(folder, name)).catch(() => undefined)
    if (content === undefined || !isOf(architecture, content)) return undefined
    programs.push({ name, content })
  }
  return programs
}

function isOf(architecture: Architecture, content: Buffer): boolean {
  try {
    return parseElf(content).machine === architectures[architecture].elfMachine
  } catch {
    return false
  }
}
