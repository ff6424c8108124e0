import { assert, ipV4, ipV6, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isIpAddress } from '../../../src/model/ip-address.ts'

describe('IP addresses', () => {
  it('are all IPv4 and IPv6 addresses', () => {
    assert(
      property(ipV4(), (text) => {
        expect(isIpAddress(text)).toBe(true)
      }),
    )
    assert(
      property(ipV6(), (text) => {
        expect(isIpAddress(text)).toBe(true)
      }),
    )
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    'host',
    ':',
    '::g',
    '[::1]',
    '::1%eth0',
    '1.2.3.4:80',
    '0x7f.0.0.1',
  ])('are not %j', (text) => {
    expect(isIpAddress(text)).toBe(false)
  })
})
