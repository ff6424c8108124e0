// docs/devices.md has every key of /etc/shoal/devices.yaml, with the drivers that take it, whether it is needed and its default; and no other.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseDeclarations } from '../../../../src/model/devices/declaration.ts'
import { declarationsSchema } from '../../../../src/model/devices/declarations-schema.ts'

const page = readFileSync(new URL('../../../../docs/devices.md', import.meta.url), 'utf8')

interface MapSchema {
  readonly properties: Readonly<Record<string, Partial<MapSchema> & { const?: string; default?: unknown }>>
  readonly required?: readonly string[]
}

const options = (declarationsSchema() as { items: { oneOf: readonly MapSchema[] } }).items.oneOf
const driverOf = ({ properties }: MapSchema): string => properties.driver?.const ?? ''
const drivers = options.map(driverOf)

/** `gpio chip: needed`, of each key of each driver, those of maps too. */
function keysOf(driver: string, { properties, required = [] }: MapSchema, path = ''): readonly string[] {
  return Object.entries(properties).flatMap(([key, inner]) => [
    `${driver} ${path}${key}: ${required.includes(key) ? 'needed' : String(inner.default ?? 'optional')}`,
    ...(inner.properties === undefined ? [] : keysOf(driver, inner as MapSchema, `${path}${key}.`)),
  ])
}

/** The same, as the page says it. */
function keysOfPage(): readonly string[] {
  const [, section = ''] = page.split('\n### An entry\n')
  const table = section.split('\n\n')[0] ?? ''
  return [...table.matchAll(/^\| `([\w.]+)` \| ([^|]+) \| ([^|]*) ?\| .+ \|$/gm)].flatMap(
    ([, key, given = '', need = '']) => {
      const named = given.trim() === 'all' ? drivers : [...given.matchAll(/`(\w+)`/g)].map(([, name]) => name)
      const said = /^`(.+)`$/.exec(need.trim())?.[1] ?? (need.trim() === 'needed' ? 'needed' : 'optional')
      return named.map((driver) => `${driver} ${key}: ${said}`)
    },
  )
}

describe('the page of devices', () => {
  it('has every key of an entry, and no other', () => {
    expect([...keysOfPage()].sort()).toEqual(
      options.flatMap((option) => keysOf(driverOf(option), option)).sort(),
    )
  })

  it('declares in its examples what the code takes', () => {
    const examples = [...page.matchAll(/^```yaml\n(- \{[\s\S]*?)^```$/gm)].map(([, text = '']) => text)
    expect(examples.length).toBeGreaterThan(0)
    for (const text of examples) expect(parseDeclarations(text, 'docs/devices.md').length).toBeGreaterThan(0)
  })

  it.each(['devices.md', 'decisions/devices.md'])('links from %s to what there is', (name) => {
    const from = new URL(`../../../../docs/${name}`, import.meta.url)
    const links = [...readFileSync(from, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(2)
    expect(links.filter((link) => !leadsSomewhere(new URL(link, from)))).toEqual([])
  })
})

/** A file, and in it the heading of that name, as the web shows it. */
function leadsSomewhere(target: URL): boolean {
  const heading = target.hash.slice(1)
  const file = new URL(target.pathname, target)
  if (!existsSync(file)) return false
  if (heading === '') return true
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return headings.includes(heading)
}
