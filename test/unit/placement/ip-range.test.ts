import { describe, expect, it } from 'vitest'
import { liesIn } from '../../../src/placement/ip-range.ts'

describe('an address', () => {
  it.each([
    ['10.77.0.11', '10.77.0.11', true],
    ['10.77.0.11', '10.77.0.12', false],
    ['10.77.0.11', '10.77.0.0/24', true],
    ['10.77.0.11', '10.77.0.8/30', true],
    ['10.77.0.12', '10.77.0.8/30', false],
    ['10.77.0.11', '10.77.0.99/0', true],
    ['10.77.0.11', '10.77.0.11/32', true],
    ['2001:db8::2', '2001:0DB8:0::2', true],
    ['2001:db8::2', '2001:db8::/64', true],
    ['2001:db9::2', '2001:db8::/32', false],
    ['::ffff:10.77.0.11', '10.77.0.11', true],
    ['2001:db8::2', '0.0.0.0/0', false],
    ['', '10.77.0.0/24', false],
  ])('%s lies in %s: %s', (address, range, lies) => {
    expect(liesIn(address, range)).toBe(lies)
  })

  it.each([
    '',
    'worker1',
    '10.77.0',
    '10.77.0.256',
    '10.77.0.0/33',
    '10.77.0.0/x',
    '1/2/3',
    '::1::2',
    '1:2:3',
    ':::',
  ])('is not held against what is none: %j', (range) => {
    expect(liesIn('10.77.0.11', range)).toBeUndefined()
  })
})
