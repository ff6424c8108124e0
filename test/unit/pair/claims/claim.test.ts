import { describe, expect, it } from 'vitest'
import { parseClaims, renderClaims } from '../../../../src/pair/claims/claim.ts'

describe('the label of claims', () => {
  it('reads what it has written', () => {
    const claims = [
      { capability: 'humidity', device: 'dht11-kitchen' },
      { capability: 'laser', device: 'laser-1' },
    ]
    expect(renderClaims(claims)).toBe('humidity=dht11-kitchen,laser=laser-1')
    expect(parseClaims(renderClaims(claims))).toEqual(claims)
  })

  it.each([undefined, '', ',', 'humidity', 'humidity=', '=laser-1'])('holds nothing in %j', (text) => {
    expect(parseClaims(text)).toEqual([])
  })
})
