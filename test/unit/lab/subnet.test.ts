import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  lastAddress,
  nextAddress,
  parseAddress,
  parseSubnet,
  renderAddress,
  subnetsOverlap,
} from '../../../lab/subnet.ts'

function subnet(text: string) {
  const parsed = parseSubnet(text)
  if (parsed === undefined) throw new Error(`${text} is no subnet`)
  return parsed
}

describe('an IPv4 address', () => {
  it('survives being read and written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(renderAddress(parseAddress(text) ?? Number.NaN)).toBe(text)
      }),
    )
  })

  it.each(['10.0.0', '10.0.0.0.1', '10.0.0.256', '10.0.0.01', '10.0.0.-1', 'a.b.c.d', ' 10.0.0.1', ''])(
    'is not "%s"',
    (text) => {
      expect(parseAddress(text)).toBeUndefined()
    },
  )
})

describe('a subnet', () => {
  it.each(['10.0.0.1/24', '10.0.0.0/31', '10.0.0.0/7', '10.0.0.0', '10.0.0.0/24/1', '10.0.0.0/x'])(
    'is not "%s"',
    (text) => {
      expect(parseSubnet(text)).toBeUndefined()
    },
  )

  it('gives its lowest free address, and never the last, which is the switch’s', () => {
    const small = subnet('10.1.0.0/29')
    const taken = new Set<number>()
    const given: string[] = []
    for (
      let address = nextAddress(small, taken);
      address !== undefined;
      address = nextAddress(small, taken)
    ) {
      taken.add(address)
      given.push(renderAddress(address))
    }
    expect(given).toEqual(['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.5'])
    expect(renderAddress(lastAddress(small))).toBe('10.1.0.6')
  })

  it.each([
    ['10.0.0.0/8', '10.78.0.0/16', true],
    ['10.78.3.0/24', '10.78.0.0/16', true],
    ['10.77.0.0/16', '10.78.0.0/16', false],
  ])('%s overlaps %s: %s', (one, other, expected) => {
    expect(subnetsOverlap(subnet(one), subnet(other))).toBe(expected)
    expect(subnetsOverlap(subnet(other), subnet(one))).toBe(expected)
  })
})
