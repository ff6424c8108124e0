// Finds the shared libraries that a program needs, and those that they need, on this machine, without running anything.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { type Architecture, architectures } from './architecture.ts'
import { type ElfFile, parseElf } from './elf.ts'

export interface SharedLibrary {
  readonly soname: string
  readonly content: Buffer
}

/** Where Debian keeps the libraries of an architecture: its own folders first, then those of the cross packages. */
export function libraryFolders(architecture: Architecture): string[] {
  const { triplet } = architectures[architecture]
  return [`/lib/${triplet}`, `/usr/lib/${triplet}`, `/usr/${triplet}/lib`]
}

/**
 * All libraries that `program` is linked with, directly or not, its loader among them, sorted by soname.
 * @throws ShoalError IMAGE_RUNTIME_MISSING with every library that is in none of the folders.
 */
export async function findLibraries(
  program: ElfFile,
  architecture: Architecture,
  folders: readonly string[] = libraryFolders(architecture),
): Promise<SharedLibrary[]> {
  const found = new Map<string, SharedLibrary>()
  const missing: string[] = []
  const loader = program.interpreter?.split('/').at(-1)
  const wanted = [...program.needed, ...(loader === undefined ? [] : [loader])]
  for (let soname = wanted.shift(); soname !== undefined; soname = wanted.shift()) {
    if (found.has(soname) || missing.includes(soname)) continue
    const content = await findLibrary(soname, architecture, folders)
    if (content === undefined) {
      missing.push(soname)
      continue
    }
    found.set(soname, { soname, content })
    wanted.push(...parseElf(content).needed)
  }
  if (missing.length > 0) throw librariesMissing(missing, architecture, folders)
  return [...found.values()].sort((a, b) => (a.soname < b.soname ? -1 : 1))
}

async function findLibrary(
  soname: string,
  architecture: Architecture,
  folders: readonly string[],
): Promise<Buffer | undefined> {
  for (const folder of folders) {
    const content = await readFile(join(folder, soname)).catch(() => undefined)
    if (content === undefined) continue
    try {
      if (parseElf(content).machine === architectures[architecture].elfMachine) return content
    } catch {
      // A linker script or a file of another kind carries the name: look on.
    }
  }
  return undefined
}

function librariesMissing(
  sonames: readonly string[],
  architecture: Architecture,
  folders: readonly string[],
): ShoalError {
  return new ShoalError('IMAGE_RUNTIME_MISSING', {
    action: 'build',
    object: `the ${architecture} runtime layer`,
    reason: `no ${architecture} library ${sonames.join(', ')} in ${folders.join(', ')}`,
    nextStep: `apt-get install ${architectures[architecture].crossPackages}, or build on a machine of that architecture`,
  })
}
