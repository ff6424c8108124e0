// The setting that a run was taken in.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RunDescription {
  /** Short hash; `abc1234+5f3c9a01` with a hash of the sources where they differ from it; `unknown+5f3c9a01` outside a checkout. */
  readonly commit: string
  readonly startedAt: string
  readonly node: string
  readonly kernel: string
  readonly cpu: string
  readonly cores: number
  /** One-minute load average before the run: what else the machine was doing. */
  readonly loadBefore: number
  /** What response times are measured with. */
  readonly clock: string
}

export function describeRun(): RunDescription {
  return {
    commit: commitOf(fileURLToPath(new URL('..', import.meta.url))),
    startedAt: new Date().toISOString(),
    node: process.version,
    kernel: os.release(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    loadBefore: os.loadavg()[0] ?? Number.NaN,
    clock: 'performance.now (monotonic)',
  }
}

/** What measures, and what is measured. */
const rooms = ['src', 'services', 'lab', 'evaluation']

/**
 * Equal only where the sources are: results of two of these are never put together.
 * @param root folder of the project
 */
export function commitOf(root: string): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const hasChanged = git('status', '--porcelain', '--', ...rooms) !== ''
    const commit = git('rev-parse', '--short', 'HEAD')
    return hasChanged ? `${commit}+${hashOfSources(root)}` : commit
  } catch {
    return `unknown+${hashOfSources(root)}`
  }
}

function hashOfSources(root: string): string {
  const files = rooms
    .flatMap((room) => readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex').slice(0, 8)
}
