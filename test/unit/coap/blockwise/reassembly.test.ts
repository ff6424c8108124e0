import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlockSize } from '../../../../src/coap/blockwise/block.ts'
import { Reassembly } from '../../../../src/coap/blockwise/reassembly.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { FakeClock } from '../fake-clock.ts'

function aReassembly({
  limitBytes = 1024 * 1024,
  maxBodyBytes = 64 * 1024,
  blockSize = 1024 as BlockSize,
} = {}) {
  const clock = new FakeClock()
  const reassembly = new Reassembly({
    limitBytes,
    maxBodyBytes,
    blockSize,
    lifetimeMs: 247_000,
    clock,
    random: () => 0.5,
  })
  const take = (
    number: number,
    more: boolean,
    payload: Uint8Array,
    size: BlockSize,
    { key = 'a', address = '10.0.0.1' } = {},
  ) => reassembly.take({ key, address, block: { number, more, size }, payload, size1: undefined })
  return { clock, reassembly, take }
}

const aBlock = (fill: number, length = 16) => Buffer.alloc(length, fill)

describe('Reassembly', () => {
  it('puts any body together from any block size, and keeps nothing of it', () => {
    const aSize = fc.constantFrom<BlockSize>(16, 64, 256, 1024)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), aSize, (body, size) => {
        const { reassembly, take } = aReassembly()
        let outcome = { state: 'none' } as ReturnType<typeof take> | { state: 'none' }
        for (let offset = 0; offset < body.length; offset += size) {
          const end = Math.min(offset + size, body.length)
          outcome = take(offset / size, end < body.length, body.subarray(offset, end), size)
        }
        expect(outcome.state).toBe('complete')
        expect(outcome.state === 'complete' && Buffer.compare(outcome.body, body)).toBe(0)
        expect(reassembly.use).toMatchObject({ entries: 0, bytes: 0 })
      }),
    )
  })

  it('says with 2.31 which block it has, and asks for smaller ones where it wants them', () => {
    const { take } = aReassembly({ blockSize: 64 })
    expect(take(0, true, aBlock(1, 256), 256)).toEqual({
      state: 'continue',
      block: { number: 0, more: true, size: 64 },
    })
    expect(take(4, true, aBlock(2, 64), 64)).toEqual({
      state: 'continue',
      block: { number: 4, more: true, size: 64 },
    })
    expect(take(5, false, aBlock(3, 10), 64)).toMatchObject({
      state: 'complete',
      body: expect.objectContaining({ length: 330 }),
    })
  })

  it('takes a block that is here already as what it is', () => {
    const { take } = aReassembly()
    take(0, true, aBlock(1), 16)
    take(1, true, aBlock(2), 16)
    expect(take(1, true, aBlock(2), 16)).toMatchObject({ state: 'continue' })
    expect(take(2, false, aBlock(3), 16)).toMatchObject({
      state: 'complete',
      body: Buffer.concat([aBlock(1), aBlock(2), aBlock(3)]),
    })
  })

  it('refuses with 4.08 a block that differs from the one that is here', () => {
    const { take } = aReassembly()
    take(0, true, aBlock(1), 16)
    take(1, true, aBlock(2), 16)
    expect(take(1, true, aBlock(9), 16)).toMatchObject({
      state: 'refused',
      code: Code.RequestEntityIncomplete,
    })
  })

  it('refuses with 4.08 what leaves a gap, and says which byte it waits for', () => {
    const { take } = aReassembly()
    take(0, true, aBlock(1), 16)
    expect(take(2, true, aBlock(3), 16)).toEqual({
      state: 'refused',
      code: Code.RequestEntityIncomplete,
      reason: 'byte 16 is expected, byte 32 came',
    })
    expect(take(1, false, aBlock(2), 16)).toMatchObject({ state: 'complete' })
  })

  it('begins anew with block 0', () => {
    const { take } = aReassembly()
    take(0, true, aBlock(1), 16)
    take(1, true, aBlock(2), 16)
    take(0, true, aBlock(7), 16)
    expect(take(1, false, aBlock(8), 16)).toMatchObject({
      state: 'complete',
      body: Buffer.concat([aBlock(7), aBlock(8)]),
    })
  })

  it('does not allocate on the word of Size1', () => {
    const { reassembly } = aReassembly({ maxBodyBytes: 1024 * 1024, limitBytes: 16 * 1024 * 1024 })
    reassembly.take({
      key: 'a',
      address: '10.0.0.1',
      block: { number: 0, more: true, size: 16 },
      payload: aBlock(1),
      size1: 1024 * 1024,
    })
    expect(reassembly.use.bytes).toBeLessThan(66 * 1024)
  })

  it('stays within its bound, and has the peer pay that fills it', () => {
    const { reassembly, take } = aReassembly({ limitBytes: 256 * 1024 })
    take(0, true, aBlock(1, 1024), 1024, { key: 'quiet', address: '10.0.0.7' })
    for (let i = 0; i < 500; i++) {
      take(0, true, aBlock(2, 1024), 1024, { key: `flood ${i}`, address: '10.0.0.66' })
      expect(reassembly.use.bytes).toBeLessThanOrEqual(256 * 1024)
    }
    expect(take(1, false, aBlock(1, 10), 1024, { key: 'quiet', address: '10.0.0.7' })).toMatchObject({
      state: 'complete',
    })
    expect(take(1, false, aBlock(2, 10), 1024, { key: 'flood 0', address: '10.0.0.66' })).toMatchObject({
      state: 'refused',
    })
  })

  it('forgets a body that stood still for EXCHANGE_LIFETIME', () => {
    const { clock, reassembly, take } = aReassembly()
    take(0, true, aBlock(1), 16)
    clock.advance(200_000)
    take(1, true, aBlock(2), 16)
    clock.advance(200_000)
    expect(reassembly.use.entries).toBe(1)
    clock.advance(50_000)
    expect(take(2, false, aBlock(3), 16)).toMatchObject({
      state: 'refused',
      code: Code.RequestEntityIncomplete,
    })
    reassembly.sweep()
    expect(reassembly.use).toMatchObject({ entries: 0, bytes: 0 })
  })
})
