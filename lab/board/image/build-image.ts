// Makes the image of a board in an empty folder: kernel, initrd, device tree and root file system, in about a minute.
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runStep } from '../../run-command.ts'
import { boardFiles } from '../machine.ts'
import { makeDeviceTree } from './device-tree.ts'
import { fetchNode } from './fetch-node.ts'
import { architecture, imageFolder, packages, suite } from './recipe.ts'

const extractTimeoutMs = 600_000
const stepTimeoutMs = 120_000
/** Of the disk as the board sees it; what is not written takes no room. */
const diskSize = '6G'

export interface ImageBuild {
  /** There, and empty; of a build that failed something stays in it. */
  readonly folder: string
  /** Where npm packages for the board's architecture are kept. */
  readonly npmFolder: string
  readonly nodeVersion: string
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** @throws ShoalError `LAB_STEP_FAILED`, or the signal's reason */
export async function buildImage(build: ImageBuild): Promise<void> {
  const { folder, signal, progress } = build
  const root = join(folder, 'root')
  const run = async (action: string, object: string, timeoutMs: number, argv: readonly string[]) => {
    progress(`board image: ${action} ${object}`)
    await runStep({ action, object, place: 'the image of a board' }, argv, { signal, timeoutMs })
  }
  const node = await fetchNode(build)
  mkdirSync(root)
  await run('extract', 'Debian packages', extractTimeoutMs, [
    ...['mmdebstrap', '--quiet', '--mode=root', `--arch=${architecture}`, '--variant=extract'],
    ...[`--include=${packages.join(',')}`, suite, root],
  ])
  const finish = ['sh', join(imageFolder, 'finish-root.sh'), root, node]
  await run('finish', 'the root file system', stepTimeoutMs, finish)
  const initrd = join(folder, boardFiles.initrd)
  await run('make', 'the initrd', stepTimeoutMs, ['sh', join(imageFolder, 'make-initrd.sh'), root, initrd])
  const [kernel = ''] = globSync(join(root, 'boot/vmlinuz-*'))
  copyFileSync(kernel, join(folder, boardFiles.kernel))
  rmSync(join(root, 'boot'), { recursive: true })
  await makeDeviceTree(join(folder, boardFiles.deviceTree), signal)
  // No journal to write for what is already there: -O sets up a plain ext4 with one of the usual size.
  const options = [
    '-q',
    '-t',
    'ext4',
    '-L',
    'board',
    '-E',
    'lazy_itable_init=0,lazy_journal_init=0',
    '-d',
    root,
  ]
  await run('write', 'the file system', stepTimeoutMs, [
    'mke2fs',
    ...options,
    join(folder, boardFiles.root),
    diskSize,
  ])
  rmSync(root, { recursive: true })
}
