import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter, longestLineBytes } from '../../../../src/board/wire/line-splitter.ts'

const aLine = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ' '))

describe('lines of a client', () => {
  it('are the same however their bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(aLine, { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const splitter = new LineSplitter()
          const found: string[] = []
          for (let at = 0; at < bytes.length; ) {
            const { value } = cuts.next()
            found.push(...(splitter.push(bytes.subarray(at, at + value)) ?? []))
            at += value
          }
          expect(found).toEqual(lines.map((line) => Buffer.from(line).toString()))
        },
      ),
    )
  })

  it.each([1, 7, 4096, 65_536])('are refused when one is too long, in pieces of %i', (size) => {
    const splitter = new LineSplitter()
    const longest = Buffer.from(`${'x'.repeat(longestLineBytes)}\n`)
    for (let at = 0; at < longest.length; at += size)
      expect(splitter.push(longest.subarray(at, at + size))).toBeDefined()
    let taken = 0
    while (taken <= longestLineBytes * 20 && splitter.push(Buffer.alloc(size, 'y')) !== undefined)
      taken += size
    expect(taken).toBeLessThanOrEqual(longestLineBytes)
  })
})
