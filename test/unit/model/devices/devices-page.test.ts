// docs/devices.md has every key of /etc/shoal/devices.yaml, with the drivers that take it, whether it is needed and its default; and no other.
import { readFileSync } from 'node:fs'
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
})
