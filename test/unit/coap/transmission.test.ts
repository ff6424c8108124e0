import { describe, expect, it } from 'vitest'
import {
  exchangeLifetimeMs,
  maxTransmitSpanMs,
  maxTransmitWaitMs,
  nonLifetimeMs,
  rfc7252Parameters,
  transmissionParameters,
} from '../../../src/coap/transmission.ts'

describe('the transmission parameters', () => {
  it('give the times that RFC 7252 §4.8.2 derives from its defaults', () => {
    expect(maxTransmitSpanMs(rfc7252Parameters)).toBe(45_000)
    expect(maxTransmitWaitMs(rfc7252Parameters)).toBe(93_000)
    expect(exchangeLifetimeMs(rfc7252Parameters)).toBe(247_000)
    expect(nonLifetimeMs(rfc7252Parameters)).toBe(145_000)
  })

  it('are frozen, the defaults and those made from them', () => {
    expect(Object.isFrozen(rfc7252Parameters)).toBe(true)
    expect(Object.isFrozen(transmissionParameters({ nstart: 4 }))).toBe(true)
    expect(transmissionParameters({ nstart: 4 })).toEqual({ ...rfc7252Parameters, nstart: 4 })
  })

  it.each([
    ['ackTimeoutMs', 0, 'more than 0'],
    ['ackTimeoutMs', Number.NaN, 'more than 0'],
    ['ackRandomFactor', 0.9, '1 or more'],
    ['maxRetransmit', -1, 'an integer from 0 to 20'],
    ['maxRetransmit', 1.5, 'an integer from 0 to 20'],
    ['nstart', 0, 'an integer, 1 or more'],
    ['maxLatencyMs', -1, '0 or more'],
    ['processingDelayMs', -1, '0 or more'],
  ])('do not take %s of %d', (name, value, expected) => {
    expect(() => transmissionParameters({ [name]: value })).toThrow(
      `${name}: expected ${expected}, got ${value}`,
    )
  })
})
