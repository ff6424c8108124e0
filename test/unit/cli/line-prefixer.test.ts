import { describe, expect, it } from 'vitest'
import { LinePrefixer } from '../../../src/cli/line-prefixer.ts'

function written(...pieces: readonly (string | Buffer)[]): string {
  let text = ''
  const prefixer = new LinePrefixer('app/web.1 | ', (line) => {
    text += line
  })
  for (const piece of pieces) prefixer.write(Buffer.from(piece))
  prefixer.end()
  return text
}

describe('lines of several writers', () => {
  it('each begin with their writer, in whatever pieces they come', () => {
    expect(written('one\ntw', 'o\n')).toBe('app/web.1 | one\napp/web.1 | two\n')
  })

  it('keep a last line without end', () => {
    expect(written('one\ntwo')).toBe('app/web.1 | one\napp/web.1 | two\n')
  })

  it('keep a character whose bytes come apart', () => {
    const bytes = Buffer.from('größe\n')
    expect(written(bytes.subarray(0, 3), bytes.subarray(3))).toBe('app/web.1 | größe\n')
  })

  it('are not gathered without bound', () => {
    const lines = written(...Array.from({ length: 4 }, () => 'x'.repeat(1 << 15))).split('\n')
    expect(lines.length).toBeGreaterThan(2)
  })
})
