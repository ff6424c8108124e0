import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../../../src/model/errors.ts'

describe('the table of errors', () => {
  it('says the same as docs/errors.md, in both directions', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d) \| (.+) \|$/gm)].map(
      ([, code, exit, meaning]) => [code, { exitCode: Number(exit), meaning }],
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(Object.fromEntries(rows)).toEqual({ ...errorTable })
  })
})
