// Whether hosts run the Shoal that this program is: what is measured is that of the hosts, and a run says one version and one commit.
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../lab/run-command.ts'
import { packageVersion } from '../../src/cli/package-version.ts'
import type { EvaluationHost } from './evaluation-host.ts'

export interface FoundShoal {
  readonly name: string
  /** As `shoal --version` says it, or what it complained of. */
  readonly version: string
  /** Undefined where the project is no checkout. */
  readonly commit: string | undefined
}

const lookLimitMs = 30_000
const shownDigits = 12

/** Root asks in folders that are another user's, which git refuses unless it is told of each. */
const readCommit = [
  'sh',
  '-c',
  'test -e "$1/.git" && git -c safe.directory="$1" -C "$1" rev-parse HEAD',
  'sh',
]

/** @returns undefined where they are the same, as far as is known */
export function unlikeVersions(found: readonly FoundShoal[]): string | undefined {
  const versions = new Set(found.map(({ version }) => version))
  const commits = new Set(found.flatMap(({ commit }) => commit ?? []))
  if (versions.size === 1 && commits.size <= 1) return undefined
  const list = found.map(
    ({ name, version, commit }) =>
      `${name} ${version}${commit === undefined ? '' : ` (${commit.slice(0, shownDigits)})`}`,
  )
  return `every host has to run the same Shoal as this machine: ${list.join(', ')}`
}

/** Of this program. Throws the signal's reason. */
export async function hereVersion(signal: AbortSignal): Promise<FoundShoal> {
  const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
  const commit = await runCommand([...readCommit, project], { signal, timeoutMs: lookLimitMs }).catch(
    () => undefined,
  )
  return { name: 'this machine', version: packageVersion(), commit: commitOf(commit) }
}

/** Of the hosts, in their order. Throws where one does not answer, and the signal's reason. */
export function readVersions(
  hosts: readonly Pick<EvaluationHost, 'name' | 'exec' | 'projectFile'>[],
  signal: AbortSignal,
): Promise<readonly FoundShoal[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const options = { signal, timeoutMs: lookLimitMs }
      const project = host.projectFile('').replace(/\/$/, '')
      const [{ exitCode, stdout, stderr }, commit] = await Promise.all([
        host.exec(['shoal', '--version'], options),
        host.exec([...readCommit, project], options),
      ])
      const complaint = stderr.trim() || `shoal --version ended with ${exitCode}`
      return {
        name: host.name,
        version: exitCode === 0 ? stdout.trim() : complaint,
        commit: commitOf(commit),
      }
    }),
  )
}

function commitOf(
  answer: { readonly exitCode: number; readonly stdout: string } | undefined,
): string | undefined {
  const commit = answer?.exitCode === 0 ? answer.stdout.trim() : ''
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined
}
