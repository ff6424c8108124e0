import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseByteSize } from '../../../../../src/model/compose/syntax/byte-size.ts'

describe('byte sizes', () => {
  it.each([
    ['300b', 300],
    ['2b', 2],
    ['1024kb', 1_048_576],
    ['2048k', 2_097_152],
    ['64m', 67_108_864],
    ['300m', 314_572_800],
    ['1gb', 1_073_741_824],
    ['1.5g', 1_610_612_736],
    ['512MiB', 536_870_912],
    ['1 GB', 1_073_741_824],
    ['4096', 4096],
    ['0', 0],
  ])('reads %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes)
  })

  it.each(['', 'm', '-1m', '1zb', '1mm', '12 pounds', '1.m', 'NaN', '99999p', '1,5g'])(
    'refuses %j',
    (text) => {
      expect(parseByteSize(text)).toBeUndefined()
    },
  )

  it('is the amount times a power of 1024', () => {
    assert(
      property(
        integer({ min: 0, max: 1_000_000 }),
        constantFrom('b', 'k', 'kb', 'm', 'mb'),
        (amount, unit) => {
          const power = 'bkm'.indexOf(unit.charAt(0))
          expect(parseByteSize(`${amount}${unit}`)).toBe(amount * 1024 ** power)
        },
      ),
    )
  })
})
