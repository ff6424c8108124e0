// The layer that all services share: Node, the libraries it is linked with, and the few files a C library looks for.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../model/errors.ts'
import { type Architecture, architectures } from './architecture.ts'
import { dropUnloaded, parseElf } from './elf.ts'
import type { LayerEntry } from './layer-tar.ts'
import { findLibraries, libraryFolders } from './shared-libraries.ts'

/** The user that services run as: no name or file of the host has this number. */
export const serviceUser = 65_532

export interface RuntimeSources {
  /** Folders that may hold the npm packages with Node binaries, in order of preference. */
  readonly nodeModules: readonly string[]
  /** Default: Debian's folders for the architecture. */
  readonly libraries?: readonly string[]
  /** The version of Node that images carry: `24.21.0`. */
  readonly nodeVersion: string
  /** Where a missing Node package may be installed to without disturbing this project. */
  readonly extraNodeFolder: string
}

export interface RuntimeLayer {
  readonly inputs: string
  readonly title: string
  /** Of its programs and libraries. */
  readonly paths: ReadonlySet<string>
  /** Reads nothing more: strips and lists what was read. */
  readonly entries: () => LayerEntry[]
}

/** @throws ShoalError IMAGE_RUNTIME_MISSING */
export async function readRuntime(
  architecture: Architecture,
  sources: RuntimeSources,
): Promise<RuntimeLayer> {
  const node = await readNode(architecture, sources)
  const elf = parseElf(node)
  const libraries = await findLibraries(elf, architecture, sources.libraries ?? libraryFolders(architecture))
  const loader = elf.interpreter?.slice(1) ?? ''
  const libraryFolder = `lib/${architectures[architecture].triplet}`
  const libraryEntries = libraries.map(({ soname, content }) => ({
    path: loader.endsWith(`/${soname}`) ? loader : `${libraryFolder}/${soname}`,
    mode: 0o755,
    content,
  }))
  const hash = createHash('sha256')
  for (const { path, mode, content } of [
    { path: 'usr/bin/node', mode: 0o755, content: node },
    ...libraryEntries,
    ...systemFiles,
  ]) {
    hash.update(`${path}\0${mode}\0${content?.length ?? -1}\0`)
    if (content !== undefined) hash.update(content)
  }
  return {
    inputs: `sha256:${hash.digest('hex')}`,
    title: `Node ${sources.nodeVersion} and its libraries`,
    paths: new Set(['usr/bin/node', ...libraryEntries.map(({ path }) => path)]),
    entries: () => [
      { path: 'usr/bin/node', mode: 0o755, content: dropUnloaded(node) },
      ...libraryEntries,
      ...systemFiles,
    ],
  }
}

/** Mount points that a container runtime would otherwise have to make, and the names that uids and hosts are looked up by. */
const systemFiles: readonly LayerEntry[] = [
  { path: 'dev', mode: 0o755 },
  { path: 'proc', mode: 0o755 },
  { path: 'sys', mode: 0o755 },
  { path: 'tmp', mode: 0o1777 },
  {
    path: 'etc/passwd',
    mode: 0o644,
    content: Buffer.from(
      `root:x:0:0:root:/:/sbin/nologin\nshoal:x:${serviceUser}:${serviceUser}:shoal:/tmp:/sbin/nologin\n`,
    ),
  },
  {
    path: 'etc/group',
    mode: 0o644,
    content: Buffer.from(`root:x:0:\nshoal:x:${serviceUser}:\n`),
  },
  { path: 'etc/nsswitch.conf', mode: 0o644, content: Buffer.from('hosts: files dns\n') },
]

async function readNode(architecture: Architecture, sources: RuntimeSources): Promise<Buffer> {
  const { nodePackage, elfMachine } = architectures[architecture]
  const { nodeVersion, nodeModules, extraNodeFolder } = sources
  const seen: string[] = []
  for (const folder of nodeModules) {
    const version = await packageVersion(join(folder, nodePackage))
    if (version === undefined) continue
    if (version !== nodeVersion) {
      seen.push(`${join(folder, nodePackage)} is ${version}`)
      continue
    }
    const node = await readFile(join(folder, nodePackage, 'bin', 'node')).catch(() => undefined)
    if (node !== undefined && parseElf(node).machine === elfMachine) return node
    seen.push(`${join(folder, nodePackage)} holds no ${architecture} binary`)
  }
  const also = seen.length === 0 ? '' : ` (${seen.join('; ')})`
  throw new ShoalError('IMAGE_RUNTIME_MISSING', {
    action: 'build',
    object: `the ${architecture} runtime layer`,
    reason: `there is no ${nodePackage} ${nodeVersion} in ${nodeModules.join(' or ')}${also}`,
    nextStep: `npm install --prefix ${extraNodeFolder} --no-save --force ${nodePackage}@${nodeVersion}`,
  })
}

async function packageVersion(folder: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      version?: unknown
    }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
