// An image that can do a little: a shell, sleep and cat with their libraries, from the machine's own files.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ThrowawayEngine } from './throwaway-engine.ts'

const run = promisify(execFile)

const programs = ['/bin/sh', '/bin/sleep', '/bin/cat']

export interface ShellImageOptions {
  /** More programs of this machine, by their paths. */
  readonly morePrograms?: readonly string[]
  /** Instructions of a Dockerfile: `ENV NAME=value`. */
  readonly changes?: readonly string[]
}

/** Makes it in the engine, under this name. */
export async function importShellImage(
  engine: ThrowawayEngine,
  reference: string,
  { morePrograms = [], changes = [] }: ShellImageOptions = {},
): Promise<void> {
  const all = [...programs, ...morePrograms]
  const folder = await mkdtemp(join(tmpdir(), 'shoal-shell-image-'))
  try {
    const { stdout } = await run('ldd', all)
    const libraries = [...new Set(stdout.match(/\/\S+\.so\S*/g))]
    const archive = join(folder, 'shell.tar')
    await run('tar', [
      '--create',
      '--dereference',
      '--absolute-names',
      '--file',
      archive,
      ...all,
      ...libraries,
    ])
    await engine.docker('import', ...changes.flatMap((each) => ['--change', each]), archive, reference)
  } finally {
    await rm(folder, { recursive: true })
  }
}
