import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Findings } from '../../../../src/model/compose/findings.ts'
import type { Located } from '../../../../src/model/compose/located.ts'
import { yamlLimits } from '../../../../src/model/compose/yaml-limits.ts'
import { readYaml } from '../../../../src/model/compose/yaml-source.ts'

/** A located value without its places. */
function plain(value: Located): unknown {
  if (value.kind === 'list') return value.items.map(plain)
  if (value.kind === 'map') {
    return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
  }
  return value.value
}

function read(text: string, environment: Record<string, string> = {}) {
  const findings = new Findings()
  const value = readYaml(text, environment, findings)
  return {
    value: value === undefined ? undefined : plain(value),
    problems: findings
      .renderProblems()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.trim()),
    warnings: findings.renderWarnings('compose.yaml'),
  }
}

describe('the YAML of a Compose file', () => {
  it('keeps words that older YAML took for booleans, and numbers as numbers', () => {
    expect(read('{a: yes, b: no, c: on, d: true, e: 12, f: 1.5, g: ~, h: "7"}').value).toEqual({
      a: 'yes',
      b: 'no',
      c: 'on',
      d: true,
      e: 12,
      f: 1.5,
      g: null,
      h: '7',
    })
  })

  it('puts what an anchor holds in the place of each alias', () => {
    expect(read('a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x').value).toEqual({ a: [1, 2], b: [1, 2], c: 3, d: 3 })
  })

  it('merges maps: own keys first, then the maps in their order', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd: {x: 5, <<: *b}'
    expect(read(text).value).toMatchObject({ c: { x: 0, y: 1, z: 2 }, d: { x: 5, y: 2, z: 2 } })
  })

  it('puts variables into values and not into keys', () => {
    expect(read('"$A": x$A', { A: 'a' })).toEqual({
      value: { $A: 'xa' },
      problems: [],
      warnings: [],
    })
  })

  it('warns of a variable that is not set, with its place', () => {
    expect(read('a:\n  b: [x, $NONE]').warnings).toEqual([
      'compose.yaml:2:10: a.b[1]: variable NONE is not set; an empty text stands in its place',
    ])
  })

  it('says a problem behind an anchor once', () => {
    expect(read('x: &x {a: $}\ny: *x\nz: *x').problems).toEqual([
      '1:11  x.a: "$" names no variable; write $$ for a dollar sign',
    ])
  })

  it.each([
    ['', ['1:1  (the file): empty; expected a map with services']],
    ['a: 1\nb: 2\na: 3', ['3:1  a: written twice, first at 1:1']],
    ['a: {b.c: {d: 1, d: 2}}', ['1:17  a["b.c"].d: written twice, first at 1:11']],
    [
      'a: [1, 2',
      ['1:9  (the file): Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['a:\n\tb: 1', ['2:1  (the file): Tabs are not allowed as indentation']],
    ['a: 1\n---\nb: 2', ['2:1  (the file): a second document begins here; one Compose file is one document']],
    ['a: *none', ['1:4  a: no anchor "&none" stands before this alias']],
    ['a: &a [*a]', ['1:8  a[0]: the alias "*a" contains itself']],
    ['a: &a {<<: *a}', ['1:12  a: the alias "*a" contains itself']],
    ['a: {<<: 5}', ['1:5  a: << expects a map or a list of maps, got the number 5']],
    ['? [a]\n: 1', ['1:3  (the file): expected text as a key']],
    ['a: !reset null', ['1:11  a: the tag !reset means nothing here: one file is read, with plain values']],
    [
      'a: !!binary aGk=',
      ['1:13  a: the tag tag:yaml.org,2002:binary means nothing here: one file is read, with plain values'],
    ],
    ['a: "\\e[31m$"', ['1:4  a: "$" names no variable; write $$ for a dollar sign']],
  ])('refuses %j with its place', (text, problems) => {
    expect(read(text).problems).toEqual(problems)
  })

  it('says that a variable needs quotes where braces have a meaning', () => {
    expect(read('a: {b: $'.concat('{C}}')).problems).toEqual([
      expect.stringMatching(
        /^1:9 {2}\(the file\): \$\{…\} needs quotes inside of \{ \} and \[ \]: write "\$\{…\}"$/,
      ),
    ])
  })

  it('lets nothing of the file steer the terminal', () => {
    const { problems } = read('"\\e[2J": 1\n"\\e[2J": 2\nb: "$\\e[2J\\u009b"')
    expect(problems.join('\n')).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(problems).toHaveLength(2)
  })

  describe('a bomb', () => {
    it('of aliases is counted in full', () => {
      const levels = Array.from({ length: 12 }, (_, level) => {
        const items = Array(10).fill(level === 0 ? 'x' : `*l${level - 1}`)
        return `l${level}: &l${level} [${items.join(', ')}]`
      })
      expect(read(levels.join('\n')).problems).toEqual([
        `1:1  (the file): more than ${yamlLimits.values} values, aliases counted in full`,
      ])
    })

    it.each([100, 10_000])('of %d levels is refused', (depth) => {
      const { problems } = read(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`)
      expect(problems).toEqual([expect.stringMatching(/nested more than 40 levels deep$/)])
    })

    it('of sheer size is refused before it is parsed', () => {
      expect(read('x'.repeat(yamlLimits.characters + 1)).problems).toEqual([
        '1:1  (the file): expected at most 1048576 characters, got 1048577',
      ])
    })
  })

  it('shows fifty problems, and how many more there are', () => {
    const { problems } = read('a: 1\n'.repeat(100))
    expect(problems).toHaveLength(51)
    expect(problems.at(-1)).toBe('and 49 more')
  })

  it('never throws', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { value, problems } = read(text)
        if (value === undefined) expect(problems).not.toEqual([])
      }),
    )
  })
})
