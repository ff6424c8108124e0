import { expect, test } from 'vitest'
import { findTexts, textOption, uintOption } from '../../../../../src/coap/codec/option-value.ts'
import { OptionNumber } from '../../../../../src/coap/options.ts'
import {
  forwardedOptions,
  returnedOptions,
  unforwardable,
} from '../../../../../src/manager/api/coap/forwarded-options.ts'

const etag = { number: OptionNumber.ETag, value: Uint8Array.of(1, 2) }
const ifMatch = { number: OptionNumber.IfMatch, value: Uint8Array.of(1) }
/** Elective and safe to forward: even, and without the unsafe bit. */
const unknownSafe = { number: 65_000, value: Uint8Array.of(9) }
const unknownUnsafe = { number: 65_002, value: Uint8Array.of(9) }

test('sends on what concerns the instance, and not what led to the proxy', () => {
  const options = [
    textOption(OptionNumber.UriPath, 's'),
    textOption(OptionNumber.UriQuery, 'x=1'),
    uintOption(OptionNumber.Block2, 6),
    ifMatch,
    etag,
    unknownSafe,
  ]
  expect(forwardedOptions(options)).toEqual([ifMatch, etag, unknownSafe])
})

test('refuses an option that it does not know and may not forward', () => {
  expect(unforwardable([etag, unknownSafe])).toBeUndefined()
  expect(unforwardable([etag, unknownUnsafe])).toBe(unknownUnsafe)
})

test('moves the location of what an instance created below the proxy', () => {
  const answer = [
    textOption(OptionNumber.LocationPath, 'jobs'),
    textOption(OptionNumber.LocationPath, '7'),
    uintOption(OptionNumber.MaxAge, 5),
    etag,
  ]
  const returned = returnedOptions(answer, ['s', 'compute'])
  expect(findTexts(returned, OptionNumber.LocationPath)).toEqual(['s', 'compute', 'jobs', '7'])
  expect(returned).toContain(etag)
  expect(returned.some(({ number }) => number === OptionNumber.MaxAge)).toBe(false)
})
