import { describe, expect, it } from 'vitest'
import { screenOptions } from '../../../../src/coap/codec/option-screening.ts'
import { isCritical, isNoCacheKey, isUnsafe, OptionNumber } from '../../../../src/coap/options.ts'

const option = (number: number, length = 1) => ({ number, value: new Uint8Array(length) })
const all = () => true

describe('screenOptions', () => {
  it('returns the very same options where nothing is wrong', () => {
    const options = [option(OptionNumber.UriPath), option(OptionNumber.UriPath), option(OptionNumber.Accept)]
    expect(screenOptions(options, all)).toEqual({ options })
    expect(Object.is((screenOptions(options, all) as { options: unknown }).options, options)).toBe(true)
  })

  it('refuses a critical option that is not understood, by name or number', () => {
    expect(screenOptions([option(OptionNumber.IfMatch)], () => false)).toMatchObject({
      reason: 'If-Match (1) is critical and not understood',
    })
    expect(screenOptions([option(2053)], () => false)).toMatchObject({
      reason: 'option 2053 is critical and not understood',
    })
  })

  it('keeps an unknown elective option', () => {
    const options = [option(2052)]
    expect(screenOptions(options, () => false)).toEqual({ options })
  })

  it('drops an elective option of a length that the registry does not allow', () => {
    expect(
      screenOptions([option(OptionNumber.ContentFormat, 3), option(OptionNumber.MaxAge, 1)], all),
    ).toEqual({ options: [option(OptionNumber.MaxAge, 1)] })
    expect(screenOptions([option(OptionNumber.ETag, 0)], all)).toEqual({ options: [] })
  })

  it('refuses a critical option of a length that the registry does not allow', () => {
    expect(screenOptions([option(OptionNumber.Block1, 4)], all)).toMatchObject({
      reason: 'Block1 (27) has 4 bytes, not 0 to 3',
    })
    expect(screenOptions([option(OptionNumber.IfNoneMatch, 1)], all)).toMatchObject({
      reason: 'If-None-Match (5) has 1 bytes, not 0',
    })
  })

  it('treats a second one of what may stand once as unknown: dropped when elective, refused when critical', () => {
    expect(
      screenOptions([option(OptionNumber.ContentFormat, 1), option(OptionNumber.ContentFormat, 2)], all),
    ).toEqual({ options: [option(OptionNumber.ContentFormat, 1)] })
    expect(screenOptions([option(OptionNumber.Accept), option(OptionNumber.Accept)], all)).toMatchObject({
      reason: 'Accept (17) stands more than once',
    })
  })
})

describe('option numbers', () => {
  it('carry their properties in their bits (§5.4.6)', () => {
    const numbers = Object.values(OptionNumber)
    expect(numbers.filter(isCritical)).toEqual([1, 3, 5, 7, 11, 15, 17, 23, 27, 35, 39])
    expect(numbers.filter(isUnsafe)).toEqual([3, 6, 7, 11, 14, 15, 23, 27, 35, 39])
    expect(numbers.filter(isNoCacheKey)).toEqual([28, 60])
  })
})
