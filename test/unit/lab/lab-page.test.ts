// docs/lab.md and the code name the same keys, kinds, defaults and private folders.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { labCommand } from '../../../lab/command.ts'
import { privateFolders } from '../../../lab/host-files.ts'
import { hostKeys } from '../../../lab/host-spec.ts'
import { linkKeys } from '../../../lab/link-spec.ts'
import { linkKinds } from '../../../lab/links/kinds.ts'
import type { LinkKind } from '../../../lab/links/link-kind.ts'
import { parseTopology, topologyKeys } from '../../../lab/topology.ts'

const page = readFileSync(new URL('../../../docs/lab.md', import.meta.url), 'utf8')

/** The rows of the first table below a heading, as cells. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n${heading}\n`)[1] ?? ''
  const rows = section.split('\n\n')[0]?.split('\n') ?? []
  return rows
    .filter((row) => row.startsWith('| `'))
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const firstWords = (rows: readonly (readonly string[])[]) =>
  rows.map(([cell = '']) => /^`([\w-]+)/.exec(cell)?.[1])

describe('the page of the lab', () => {
  it.each([
    ['### The file', topologyKeys],
    ['### A host', hostKeys],
    ['### A link', linkKeys],
  ] as const)('names every key under "%s", and no other', (heading, keys) => {
    expect(firstWords(tableUnder(heading)).sort()).toEqual([...keys].sort())
  })

  it('names every link kind with its figures', () => {
    const figures = ['rateMbit', 'delayMs', 'jitterMs', 'lossPercent'] as const
    const expected = Object.entries<LinkKind>(linkKinds).map(([name, { settable, defaults }]) => [
      `\`${name}\``,
      ...figures.map((figure) => (settable.includes(figure) ? String(defaults[figure]) : '-')),
    ])
    const rows = tableUnder('## Link kinds').map(([kind = '', , ...rest]) => [kind, ...rest])
    expect(rows.sort()).toEqual(expected.sort())
  })

  it('names every command', () => {
    const io = {
      out: () => {},
      err: () => {},
      isTerminal: false,
      env: {},
      signal: new AbortController().signal,
    }
    const known = new Command().addCommand(labCommand(io)).commands[0]?.commands.map((one) => one.name())
    const commands = page
      .split('\n')
      .filter((line) => /^\| `(\w+)/.test(line))
      .map((line) => /^\| `(\w+)/.exec(line)?.[1])
    expect(commands).toEqual(expect.arrayContaining(known ?? ['a lab command']))
  })

  it('names every folder that a host has for itself', () => {
    for (const folder of privateFolders) expect(page).toContain(folder)
  })

  it('shows topologies that can be brought up', () => {
    const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml)
    expect(blocks.length).toBeGreaterThan(0)
    for (const yaml of blocks) expect(() => parseTopology(yaml, 'docs/lab.md')).not.toThrow()
  })
})
