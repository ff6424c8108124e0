// The setting that a run was taken in.
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'

export interface RunDescription {
  /** Short hash, with `+` where the sources differ from it; `unknown` outside a checkout. */
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
    commit: commit(),
    startedAt: new Date().toISOString(),
    node: process.version,
    kernel: os.release(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    loadBefore: os.loadavg()[0] ?? Number.NaN,
    clock: 'performance.now (monotonic)',
  }
}

function commit(): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'services', 'lab', 'evaluation') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}
