import { describe, expect, it } from 'vitest'
import { agreeOnApiVersion, newestApiVersion, saysTooOld } from '../../../src/engine/api-version.ts'

describe('the version of the Engine API', () => {
  it.each([
    ['an Engine of the versions that were read: its own', '1.44', '1.44'],
    ['a newer Engine: the newest that was read', '1.99', newestApiVersion],
    ['a two-digit minor version is more than a one-digit one', '1.9', '1.9'],
    ['an Engine that does not say: the newest that was read', undefined, newestApiVersion],
    ['something else in its place: the newest that was read', 'latest', newestApiVersion],
  ])('%s', (_case, offered, agreed) => {
    expect(agreeOnApiVersion(offered)).toBe(agreed)
  })

  it('knows the refusal of Docker 29 from others', () => {
    const refusal = 'client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade'
    expect(saysTooOld(400, refusal)).toBe(true)
    expect(saysTooOld(400, 'invalid reference format')).toBe(false)
  })
})
