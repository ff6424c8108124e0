// The key `ulimits` of a service.
import type { Ulimit } from '../../application.ts'
import type { Findings } from '../findings.ts'
import { type Located, pathOfKey } from '../located.ts'
import { expected, readWhole } from '../read-value.ts'
import { honoured, readSection, type Section } from '../section.ts'

interface Limits {
  readonly soft: number
  readonly hard: number
}

const readLimit = readWhole(-1)

export const ulimitSection: Section<Limits> = {
  extensible: true,
  keys: {
    soft: honoured('limit that holds; -1 is none', 'soft', readLimit),
    hard: honoured('limit up to which the program may raise it; -1 is none', 'hard', readLimit),
  },
}

export function readUlimits(value: Located, findings: Findings): readonly Ulimit[] | undefined {
  if (value.kind !== 'map') return expected(value, findings, 'a map of limits, such as nofile: 1024')
  return [...value.entries].flatMap(([name, { value: limit }]) => {
    const both = limit.kind === 'map' ? readBoth(limit, findings) : readLimit(limit, findings)
    if (both === undefined) return []
    return [typeof both === 'number' ? { name, soft: both, hard: both } : { name, ...both }]
  })
}

function readBoth(value: Located, findings: Findings): Limits | undefined {
  const before = findings.problemCount
  const { soft, hard } = readSection(ulimitSection, value, findings)
  if (findings.problemCount > before) return undefined
  if (soft !== undefined && hard !== undefined) return { soft, hard }
  const missing = soft === undefined ? 'soft' : 'hard'
  findings.problem(
    { ...value.place, path: pathOfKey(value.place.path, missing) },
    'missing; soft and hard go together',
  )
  return undefined
}
