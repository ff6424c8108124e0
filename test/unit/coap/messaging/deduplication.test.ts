import { describe, expect, it } from 'vitest'
import { Deduplication } from '../../../../src/coap/messaging/deduplication.ts'
import { FakeClock } from '../fake-clock.ts'

const lifetimeMs = 247_000
const remote = { address: '10.0.0.1', port: 5683 }

function aMemory(limitBytes = 1024 * 1024) {
  const clock = new FakeClock()
  const memory = new Deduplication({ limitBytes, clock, random: () => 0.6 })
  const see = (text: string, id: number, from = remote) => {
    const key = memory.keyOf(Buffer.from(text), id, from)
    const earlier = memory.find(key)
    if (earlier === undefined) memory.add(key, from, lifetimeMs).keepReply(Buffer.from(`reply to ${text}`))
    return earlier
  }
  return { clock, memory, see }
}

describe('Deduplication', () => {
  it('knows a copy, and what the first was answered', () => {
    const { see } = aMemory()
    expect(see('GET /a', 1)).toBeUndefined()
    expect(see('GET /a', 1)?.reply?.toString()).toBe('reply to GET /a')
  })

  it('takes another message with a reused ID for what it is', () => {
    const { see } = aMemory()
    see('GET /a token 1', 1)
    expect(see('GET /a token 2', 1)).toBeUndefined()
    expect(see('GET /a token 1', 1)?.reply?.toString()).toBe('reply to GET /a token 1')
  })

  it('takes the same bytes from another address or port for another message', () => {
    const { see } = aMemory()
    see('GET /a', 1)
    expect(see('GET /a', 1, { ...remote, port: 5684 })).toBeUndefined()
    expect(see('GET /a', 1, { ...remote, address: '10.0.0.2' })).toBeUndefined()
  })

  it('forgets after the lifetime, not before', () => {
    const { clock, see } = aMemory()
    see('GET /a', 1)
    clock.advance(lifetimeMs - 1_000)
    expect(see('GET /a', 1)).toBeDefined()
    clock.advance(2_000)
    expect(see('GET /a', 1)).toBeUndefined()
  })

  it('lets no single peer drive out what the others sent', () => {
    const { memory, see } = aMemory()
    for (let i = 0; i < 50; i++) see('GET /quiet', i, { ...remote, address: `10.0.7.${i}` })
    for (let i = 0; i < 200_000; i++) see(`GET /flood ${i}`, i & 0xffff, { ...remote, address: '10.0.0.66' })
    const remembered = Array.from({ length: 50 }, (_, i) =>
      see('GET /quiet', i, { ...remote, address: `10.0.7.${i}` }),
    )
    expect(remembered.every((seen) => seen !== undefined)).toBe(true)
    expect(memory.use.bytes).toBeLessThanOrEqual(memory.use.limitBytes)
    expect(see('GET /flood 199999', 199_999 & 0xffff, { ...remote, address: '10.0.0.66' })).toBeDefined()
  })

  it('remembers three seconds of a peer that asks 18,000 times a second, with its default bound', () => {
    const { see } = aMemory(8 * 1024 * 1024)
    for (let i = 0; i < 200_000; i++) see(`0123456789 ${i}`, i & 0xffff)
    const first = 200_000 - 3 * 18_000
    expect(see(`0123456789 ${first}`, first & 0xffff)).toBeDefined()
  })
})
