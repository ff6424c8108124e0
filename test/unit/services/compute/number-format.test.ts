import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadNumbers } from '../../../../services/compute/bad-numbers.ts'
import {
  parseCborNumbers,
  renderCborNumber,
  renderCborNumbers,
} from '../../../../services/compute/cbor-numbers.ts'
import { parseJsonNumbers, renderJsonNumbers } from '../../../../services/compute/json-numbers.ts'
import { parseTextNumbers, renderTextNumbers } from '../../../../services/compute/text-numbers.ts'

const bytes = (content: string | Uint8Array) => (typeof content === 'string' ? Buffer.from(content) : content)
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

function problem(parse: (payload: Uint8Array) => unknown, content: string | Uint8Array): string {
  try {
    parse(bytes(content))
  } catch (error) {
    if (error instanceof BadNumbers) return error.message
    throw error
  }
  throw new Error(`accepted: ${content}`)
}

const safeNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1000, max: 1000 }),
  fc
    .double({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true })
    .map((value) => value + 0),
)
const numbers = fc.array(safeNumber, { minLength: 1, maxLength: 200 })
/** No format keeps the sign of zero. */
const unsigned = (values: Iterable<number>) => Array.from(values, (value) => value + 0)

describe.each([
  ['text/plain', parseTextNumbers, renderTextNumbers],
  ['application/json', parseJsonNumbers, renderJsonNumbers],
  ['application/cbor', parseCborNumbers, renderCborNumbers],
] as const)('%s', (_, parse, render) => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const written = render(Float64Array.from(values))
        expect(unsigned(parse(bytes(written)))).toEqual(unsigned(values))
      }),
    )
  })

  it('answers random bytes with numbers or with BadNumbers, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => {
        try {
          const values = parse(payload)
          expect(values.length).toBeGreaterThan(0)
          expect(values.every((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(BadNumbers)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('reads from the middle of a larger buffer', () => {
    const written = bytes(render(Float64Array.of(3, 1, 2)))
    const larger = Buffer.concat([Buffer.from('99'), written, Buffer.from('99')])
    expect([...parse(larger.subarray(2, 2 + written.length))]).toEqual([3, 1, 2])
  })
})

describe('text/plain', () => {
  it.each([
    ['1 2 3', [1, 2, 3]],
    ['1,2,3', [1, 2, 3]],
    ['  1 , 2\n3\r\n', [1, 2, 3]],
    ['1\t,\t2', [1, 2]],
    ['7', [7]],
    ['-0.5 1e3 2E-2 0', [-0.5, 1000, 0.02, 0]],
    ['123456789012345 1234567890123456', [123456789012345, 1234567890123456]],
  ])('takes %j', (text, expected) => {
    expect([...parseTextNumbers(bytes(text))]).toEqual(expected)
  })

  it.each([
    ['', 'there are no numbers'],
    [' \n ', 'there are no numbers'],
    ['1 2 abc', "index 2, byte 4: expected a number, got 'abc'"],
    ['1 2x 3', "index 1, byte 2: expected a number, got '2x'"],
    ['NaN', "index 0, byte 0: expected a number, got 'NaN'"],
    ['1 Infinity', "index 1, byte 2: expected a number, got 'Infinity'"],
    ['1,2,', 'index 2, byte 4: expected a number, got the end'],
    ['1,2, \n', 'index 2, byte 6: expected a number, got the end'],
    [',1', "index 0, byte 0: expected a number, got ','"],
    ['1,,2', "index 1, byte 2: expected a number, got ','"],
    ['1;2', "index 0, byte 0: expected a number, got '1;2'"],
    ['007', "index 0, byte 0: expected a number, got '007'"],
    ['+1', "index 0, byte 0: expected a number, got '+1'"],
    ['0x10', "index 0, byte 0: expected a number, got '0x10'"],
    ['.5', "index 0, byte 0: expected a number, got '.5'"],
    ['5.', "index 0, byte 0: expected a number, got '5.'"],
    ['1e', "index 0, byte 0: expected a number, got '1e'"],
    ['-', "index 0, byte 0: expected a number, got '-'"],
    ['1 2]', "index 2, byte 3: expected a comma or white space, got ']'"],
    [
      '1 9007199254740992',
      "index 1, byte 2: '9007199254740992' is too large, the safe range is ±9007199254740991",
    ],
    ['1e400', "index 0, byte 0: '1e400' is too large, the safe range is ±9007199254740991"],
    ['10 ünïcode', "index 1, byte 3: expected a number, got 'ünïcode'"],
    ['\u0007bell', "index 0, byte 0: expected a number, got '?bell'"],
    [`${'x'.repeat(100)}`, `index 0, byte 0: expected a number, got '${'x'.repeat(24)}…'`],
  ])('refuses %j and says where', (text, expected) => {
    expect(problem(parseTextNumbers, text)).toBe(expected)
  })
})

describe('application/json', () => {
  it.each([
    ['', 'index 0, byte 0: expected an array of numbers, got the end'],
    ['[]', 'there are no numbers'],
    ['[ ]', 'there are no numbers'],
    ['{"a":1}', `index 0, byte 0: expected an array of numbers, got '{"a":1}'`],
    ['7', "index 0, byte 0: expected an array of numbers, got '7'"],
    ['[1,[2],3]', "index 1, byte 3: expected a number, got '[2'"],
    ['[1,"2"]', `index 1, byte 3: expected a number, got '"2"'`],
    ['[1,null]', "index 1, byte 3: expected a number, got 'null'"],
    ['[1,NaN]', "index 1, byte 3: expected a number, got 'NaN'"],
    ['[1,]', "index 1, byte 3: expected a number, got ']'"],
    ['[1,,2]', "index 1, byte 3: expected a number, got ','"],
    ['[1 2]', "index 1, byte 3: expected ',' or ']', got '2'"],
    ['[1,2', "index 2, byte 4: expected ',' or ']', got the end"],
    ['[1] x', "index 1, byte 4: expected nothing after the array, got 'x'"],
    ['[01]', "index 0, byte 1: expected a number, got '01'"],
    ['[-]', "index 0, byte 1: expected a number, got '-'"],
    [
      '[-9007199254740992]',
      "index 0, byte 1: '-9007199254740992' is too large, the safe range is ±9007199254740991",
    ],
  ])('refuses %j and says where', (text, expected) => {
    expect(problem(parseJsonNumbers, text)).toBe(expected)
  })

  /** What JSON.parse makes of it, if that is a list of safe numbers. */
  function reference(text: string): number[] | undefined {
    try {
      const value: unknown = JSON.parse(text)
      const isNumber = (item: unknown): item is number =>
        typeof item === 'number' && Math.abs(item) <= Number.MAX_SAFE_INTEGER
      return Array.isArray(value) && value.length > 0 && value.every(isNumber) ? value : undefined
    } catch {
      return undefined
    }
  }

  const fragment = fc.constantFrom(...'[],,  0123456789-+.eE"n'.split(''), '\n', '12', '-3', '0.5', '1e2')
  it('takes exactly what JSON.parse takes, and reads the same', () => {
    const nearlyJson = fc
      .array(fragment, { maxLength: 8 })
      .map((parts) => parts.join(''))
      .chain((text) => fc.constantFrom(text, `[${text}]`))
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const expected = reference(text)
        if (expected === undefined) expect(() => parseJsonNumbers(bytes(text))).toThrow(BadNumbers)
        else expect([...parseJsonNumbers(bytes(text))]).toEqual(expected)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('application/cbor', () => {
  it.each([
    ['83 01 02 03', [1, 2, 3]],
    ['9f 01 20 ff', [1, -1]],
    ['82 1a 00 00 00 07 18 01', [7, 1]],
    ['83 f9 3c 00 fa 3f c0 00 00 fb 3f f4 00 00 00 00 00 00', [1, 1.5, 1.25]],
    ['81 1b 00 1f ff ff ff ff ff ff', [Number.MAX_SAFE_INTEGER]],
  ])('takes %s', (digits, expected) => {
    expect([...parseCborNumbers(hex(digits))]).toEqual(expected)
  })

  it.each([
    ['', 'expected an array of numbers, got nothing'],
    ['80', 'there are no numbers'],
    ['9f ff', 'there are no numbers'],
    ['01', 'index 0, byte 0: expected an array of numbers, got uint'],
    ['82 01 61 61', 'index 1, byte 2: expected a number, got string'],
    ['82 01 81 02', 'index 1, byte 2: expected a number, got array'],
    ['82 01 f6', 'index 1, byte 2: expected a number, got null'],
    ['82 01 c1 02', 'index 1, byte 2: expected a number, got tag'],
    ['82 01 f9 7e 00', 'index 1, byte 2: expected a number, got NaN'],
    ['82 01 f9 7c 00', 'index 1, byte 2: expected a number, got Infinity'],
    [
      '82 01 1b 00 20 00 00 00 00 00 00',
      'index 1, byte 2: 9007199254740992 is too large, the safe range is ±9007199254740991',
    ],
    ['83 01 02', 'the array announces 3 numbers, only 2 bytes follow'],
    ['9a ff ff ff ff 01', 'the array announces 4294967295 numbers, only 1 bytes follow'],
    ['9f 01 02', 'index 2, byte 3: expected a number, got the end'],
    ['81 01 02', 'expected nothing after the array, byte 2'],
    ['82 01 ff', 'index 1, byte 2: expected a number, got break'],
  ])('refuses %j and says where', (digits, expected) => {
    expect(problem(parseCborNumbers, hex(digits))).toBe(expected)
  })

  it('says where bytes are missing', () => {
    expect(problem(parseCborNumbers, hex('82 01 19 01'))).toMatch(/^index 1, byte 2: not well-formed CBOR: /)
  })

  it('answers an average as one number', () => {
    expect(renderCborNumber(2)).toEqual(encode(2))
    expect(renderCborNumber(0.1)).toEqual(encode(0.1))
  })
})
