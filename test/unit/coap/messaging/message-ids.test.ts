import { describe, expect, it } from 'vitest'
import { MessageIds } from '../../../../src/coap/messaging/message-ids.ts'

const lifetimeMs = 247_000
const none = new Set<number>()

describe('MessageIds', () => {
  it('gives out each of the 65,536 once, from a start that differs', () => {
    const ids = new MessageIds(lifetimeMs, () => 0.4)
    const given = Array.from({ length: 65_536 }, () => ids.allocate(0, none))
    expect(given[0]).toBe(Math.floor(0.4 * 65_536))
    expect(new Set(given).size).toBe(65_536)
  })

  it('passes over those in use', () => {
    const ids = new MessageIds(lifetimeMs, () => 0)
    expect(ids.allocate(0, new Set([0, 1, 3]))).toBe(2)
    expect(ids.allocate(0, new Set([0, 1, 3]))).toBe(4)
  })

  it('has none when all are in use', () => {
    const all = { has: () => true }
    expect(new MessageIds(lifetimeMs, () => 0).allocate(0, all)).toBeUndefined()
  })

  it('says that IDs run out before one would be given out twice in its lifetime', () => {
    const ids = new MessageIds(lifetimeMs, () => 0.5)
    const given = new Set<number | undefined>()
    while (!ids.isRunningOut(1_000)) {
      const id = ids.allocate(1_000, none)
      expect(given.has(id)).toBe(false)
      given.add(id)
    }
    expect(given.size).toBeGreaterThan(60_000)
    expect(ids.isRunningOut(1_000 + lifetimeMs - 1)).toBe(true)
    expect(ids.isRunningOut(1_000 + lifetimeMs)).toBe(false)
  })

  it('never runs out at a rate that the lifetime allows', () => {
    const ids = new MessageIds(lifetimeMs, () => 0.9)
    const gapMs = lifetimeMs / 57_000
    for (let i = 0; i < 200_000; i++) {
      expect(ids.isRunningOut(i * gapMs)).toBe(false)
      ids.allocate(i * gapMs, none)
    }
  })
})
