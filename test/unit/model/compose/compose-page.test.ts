import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { applicationSection } from '../../../../src/model/compose/keys/application-keys.ts'
import type { DescribedKey, DescribedSection, Refused } from '../../../../src/model/compose/section.ts'

type Keys = Record<string, DescribedKey | Refused>

/** The keys of a section as a mode takes them. */
function keysOf(section: DescribedSection, mode: 'pair' | 'cluster'): Keys {
  return Object.fromEntries(
    Object.entries(section.keys).map(([key, rule]) => [key, rule.kind === 'by-mode' ? rule[mode] : rule]),
  )
}

/** Each map of a Compose file by its path, with its keys: `honoured` or `refused`, and what is said of it. */
function sections(
  mode: 'pair' | 'cluster',
  path = '',
  section: DescribedSection = applicationSection,
): Record<string, Record<string, string>> {
  const rules = Object.entries(keysOf(section, mode))
  const keys = rules.map(([key, rule]) => [
    key,
    rule.kind === 'honoured' ? `honoured | ${rule.meaning}` : `refused | ${rule.reason}`,
  ])
  const below = rules.flatMap(([key, rule]) =>
    rule.kind === 'honoured'
      ? Object.entries(rule.within).map(([between, inner]) =>
          sections(mode, `${path === '' ? key : `${path}.${key}`}${between}`, inner),
        )
      : [],
  )
  return Object.assign({ [path]: Object.fromEntries(keys) }, ...below)
}

/** What stands differently in cluster mode than in pair mode, or in cluster mode alone. */
function differences(): Record<string, Record<string, string>> {
  const pair = sections('pair')
  return Object.fromEntries(
    Object.entries(sections('cluster')).flatMap(([path, keys]) => {
      const differing = Object.entries(keys).filter(([key, text]) => pair[path]?.[key] !== text)
      return differing.length === 0 ? [] : [[path, Object.fromEntries(differing)]]
    }),
  )
}

/** The same, from the page: a heading a map, a row a key. */
function pageSections(name: string): Record<string, Record<string, string>> {
  const page = readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8')
  const [, ...parts] = page.split(/^### /m)
  return Object.fromEntries(
    parts.map((part) => {
      const heading = /^(?:`(.+)`|The file)\n/.exec(part)
      const rows = [...part.matchAll(/^\| `(.+?)` \| (honoured|refused) \| (.+) \|$/gm)]
      return [
        heading?.[1] ?? '',
        Object.fromEntries(rows.map(([, key, kind, text]) => [key, `${kind} | ${text}`])),
      ]
    }),
  )
}

/** The keys of each map but those of Shoal's own, sorted. */
function knownKeys(mode: 'pair' | 'cluster'): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(sections(mode))
      .filter(([path]) => !path.includes('x-shoal'))
      .map(([path, keys]) => [
        path,
        Object.keys(keys)
          .filter((key) => key !== 'x-shoal')
          .sort(),
      ]),
  )
}

function specifiedKeys(fixture: string): Record<string, string[]> {
  const url = new URL(`../../../fixtures/compose/${fixture}.yaml`, import.meta.url)
  const specification: Record<string, string[]> = parse(readFileSync(url, 'utf8'))
  return Object.fromEntries(Object.entries(specification).map(([path, keys]) => [path, keys.toSorted()]))
}

describe('the keys of Compose files', () => {
  it('are those that docs/compose.md lists, with the same words, in both directions', () => {
    expect(pageSections('compose.md')).toEqual(sections('pair'))
  })

  it('are, where cluster mode takes them differently, those of docs/compose-cluster.md', () => {
    expect(pageSections('compose-cluster.md')).toEqual(differences())
  })

  it('are all those of the Compose specification, and x-shoal', () => {
    expect(knownKeys('pair')).toEqual(specifiedKeys('specification-keys'))
  })

  it('are all those of the Compose specification in cluster mode too, which reads more maps and fewer', () => {
    const both = { ...specifiedKeys('specification-keys'), ...specifiedKeys('specification-keys-cluster') }
    const refusedWhole = /\.blkio_config\b|\.reservations\.devices\b/
    const specified = Object.entries(both).filter(([path]) => !refusedWhole.test(path))
    expect(knownKeys('cluster')).toEqual(Object.fromEntries(specified))
  })
})
