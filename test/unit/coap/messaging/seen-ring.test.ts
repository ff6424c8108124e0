import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MessageKey, SeenRing } from '../../../../src/coap/messaging/seen-ring.ts'

const aKey = (id: number, contentHash = id, sourceHash = 7): MessageKey => ({ id, contentHash, sourceHash })
const recordBytes = 24

describe('SeenRing', () => {
  it('finds a message by ID, content and source, all three', () => {
    const ring = new SeenRing(64 * 1024)
    const position = ring.add(aKey(1, -5, 9), 0, 100)
    expect(ring.find(aKey(1, -5, 9), 0)).toBe(position)
    expect(ring.find(aKey(2, -5, 9), 0)).toBeUndefined()
    expect(ring.find(aKey(1, -6, 9), 0)).toBeUndefined()
    expect(ring.find(aKey(1, -5, 8), 0)).toBeUndefined()
  })

  it('keeps a reply for the latest message in its place, and for an earlier one elsewhere', () => {
    const ring = new SeenRing(64 * 1024)
    const first = ring.add(aKey(1), 0, 100)
    const second = ring.add(aKey(2), 0, 100)
    expect(ring.keepReply(second, Buffer.from('two'))).toBe(second)
    const moved = ring.keepReply(first, Buffer.from('one'))
    expect(moved).not.toBe(first)
    expect(ring.find(aKey(1), 0)).toBe(moved)
    expect(ring.replyOf(ring.find(aKey(1), 0) ?? -1)?.toString()).toBe('one')
    expect(ring.replyOf(ring.find(aKey(2), 0) ?? -1)?.toString()).toBe('two')
    expect(ring.entries).toBe(2)
  })

  it('has no message after its time', () => {
    const ring = new SeenRing(64 * 1024)
    ring.add(aKey(1), 0, 100)
    expect(ring.find(aKey(1), 99)).toBeDefined()
    expect(ring.find(aKey(1), 100)).toBeUndefined()
    ring.dropExpired(100)
    expect(ring.entries).toBe(0)
    expect(ring.usedBytes).toBe(0)
  })

  it('drops the oldest when it is full, and never takes more than its memory', () => {
    const ring = new SeenRing(64 * 1024)
    const fits = (64 * 1024) / recordBytes
    for (let id = 0; id < 10_000; id++) {
      ring.add(aKey(id & 0xffff), id % 64, 1_000)
      expect(ring.usedBytes).toBeLessThanOrEqual(ring.limitBytes)
    }
    expect(ring.entries).toBe(Math.floor(fits))
    expect(ring.find(aKey(9_999), 0)).toBeDefined()
    expect(ring.find(aKey(9_999 - Math.floor(fits) + 1), 0)).toBeDefined()
    expect(ring.find(aKey(9_999 - Math.floor(fits)), 0)).toBeUndefined()
  })

  it('gives the room of a forgotten latest message back at once', () => {
    const ring = new SeenRing(64 * 1024)
    ring.add(aKey(1), 0, 100)
    const used = ring.usedBytes
    for (let id = 2; id < 10_000; id++) ring.forget(ring.add(aKey(id), 0, 100))
    expect(ring.usedBytes).toBe(used)
    expect(ring.bytesOf(0)).toBe(used)
    expect(ring.find(aKey(1), 0)).toBeDefined()
  })

  it('does not keep a reply that would take more than a quarter of it', () => {
    const ring = new SeenRing(4 * 1024)
    const position = ring.add(aKey(1), 0, 100)
    ring.keepReply(position, new Uint8Array(1_025))
    expect(ring.find(aKey(1), 0)).toBe(position)
    expect(ring.replyOf(position)).toBeUndefined()
  })

  /** What the ring must be equal to, as far as it remembers: a plain list. */
  it('tells of every message what a plain list tells, or nothing', () => {
    const aStep = fc.record({
      id: fc.integer({ min: 0, max: 60 }),
      act: fc.constantFrom('add', 'reply', 'reply', 'forget'),
      length: fc.integer({ min: 1, max: 600 }),
      bucket: fc.integer({ min: 0, max: 63 }),
    })
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 400 }), (steps) => {
        const ring = new SeenRing(4 * 1024)
        const positions = new Map<number, number>()
        const replies = new Map<number, string | undefined>()
        for (const { id, act, length, bucket } of steps) {
          const key = aKey(id, id % 5, 3) // several to a chain
          const position = ring.find(key, 0)
          if (position === undefined) {
            positions.set(id, ring.add(key, bucket, 100))
            replies.set(id, undefined)
          } else {
            expect(ring.replyOf(position)?.toString()).toBe(replies.get(id))
            if (act === 'reply' && replies.get(id) === undefined) {
              const reply = `${id}`.padEnd(length, '.')
              ring.keepReply(position, Buffer.from(reply))
              replies.set(id, reply)
            } else if (act === 'forget') {
              ring.forget(position)
              expect(ring.find(key, 0)).toBeUndefined()
            }
          }
          expect(ring.usedBytes).toBeLessThanOrEqual(ring.limitBytes)
        }
        const all = Array.from({ length: 64 }, (_, bucket) => ring.bytesOf(bucket)).reduce((a, b) => a + b, 0)
        expect(all).toBeLessThanOrEqual(ring.usedBytes)
        ring.clear()
        expect(ring.entries).toBe(0)
        expect(
          Array.from({ length: 64 }, (_, bucket) => ring.bytesOf(bucket)).every((bytes) => bytes === 0),
        ).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
