// The keys `image`, `platform` and `pull_policy` of a service.

import type { Service } from '../../application.ts'
import { parseImageReference } from '../../image-reference.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { expected, readHonoured, readOneOf, readPattern, readText } from '../read-value.ts'

export function readImage(value: Located, findings: Findings): string | undefined {
  const text = readText(value, findings)
  if (text === undefined) return undefined
  const parsed = parseImageReference(text)
  if (parsed.ok) return text
  findings.problem(value.place, parsed.problem)
  return undefined
}

export function readPlatform(value: Located, findings: Findings): string | undefined {
  const text = readPattern(/^[a-z0-9]+(\/[a-z0-9_]+){0,2}$/, 'a platform such as linux/arm64')(
    value,
    findings,
  )
  if (text === undefined || text.split('/')[0] === 'linux') return text
  return expected(value, findings, 'a linux platform: the Engine of a device runs no other')
}

export function readPullPolicy(value: Located, findings: Findings): Service['pullPolicy'] | undefined {
  const word = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : ''
  if (/^(always|build|refresh|daily|weekly|every_\w+)$/.test(word)) {
    const instead = 'say missing, and the image is brought to a device that lacks it'
    findings.problem(value.place, `pair mode does not honour the value ${word}: ${instead}`)
    return undefined
  }
  const policy = readOneOf('missing', 'if_not_present', 'never')(value, findings)
  return policy === 'if_not_present' ? 'missing' : policy
}

/** A deployment resolves the name to a digest each time, so that always and missing come to the same. */
export function readClusterPullPolicy(value: Located, findings: Findings): 'missing' | undefined {
  const policy = readHonoured(['missing', 'if_not_present', 'always'], {
    pattern: /^(never|build|refresh|daily|weekly|every_\w+)$/,
    reason: 'a node fetches what it lacks, and each deployment looks up the image anew: leave it out',
  })(value, findings)
  return policy === undefined ? undefined : 'missing'
}
