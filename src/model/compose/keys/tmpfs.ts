// The key `tmpfs` of a service: memory as folders of the container.
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected, readOneOrMore, readText } from '../read-value.ts'
import { whySwarmCannotMountMemory } from './cluster/mount-limits.ts'

/** `PATH[:OPTIONS]`: path to mount options. */
export function readTmpfs(value: Located, findings: Findings): Readonly<Record<string, string>> | undefined {
  const texts = readOneOrMore(readText)(value, findings)
  if (texts === undefined) return undefined
  const entries = texts.map((text) => {
    const colon = text.indexOf(':')
    return colon < 0 ? ([text, ''] as const) : ([text.slice(0, colon), text.slice(colon + 1)] as const)
  })
  if (entries.some(([path]) => !path.startsWith('/'))) {
    return expected(value, findings, 'absolute paths in the container, with options behind a colon')
  }
  if (findings.mode === 'cluster') {
    for (const [, options] of entries) {
      const obstacle = whySwarmCannotMountMemory(options)
      if (obstacle !== undefined) findings.problem(value.place, obstacle)
    }
  }
  return Object.fromEntries(entries)
}
