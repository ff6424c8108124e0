import { describe, expect, it } from 'vitest'
import { FairEntry, FairTable } from '../../../../src/coap/messaging/fair-table.ts'
import { FakeClock } from '../fake-clock.ts'

class Entry extends FairEntry {}

function aTable(limitBytes = 1_000) {
  const clock = new FakeClock()
  const table = new FairTable<Entry>({ limitBytes, clock, random: () => 0.3 })
  const add = (key: string, address: string, bytes: number, lifetimeMs = 10_000) => {
    const entry = new Entry(key, table.bucketOf(address), bytes)
    return { entry, isKept: table.add(entry, lifetimeMs) }
  }
  return { clock, table, add }
}

describe('FairTable', () => {
  it('stays within its bound, and drops the oldest of a peer first', () => {
    const { table, add } = aTable()
    for (let i = 0; i < 25; i++) add(`k${i}`, '10.0.0.1', 100)
    expect(table.use).toEqual({ entries: 10, bytes: 1_000, limitBytes: 1_000 })
    expect(table.get('k14')).toBeUndefined()
    expect(table.get('k15')).toBeDefined()
  })

  it('has a peer that floods it pay alone', () => {
    const { table, add } = aTable()
    for (const i of [1, 2, 3]) add(`quiet ${i}`, `10.0.1.${i}`, 100)
    for (let i = 0; i < 1_000; i++) add(`flood ${i}`, '10.0.0.1', 100)
    expect([1, 2, 3].filter((i) => table.get(`quiet ${i}`) !== undefined)).toHaveLength(3)
    expect(table.use.entries).toBe(10)
  })

  it('counts all of an IPv6 /64 as one peer', () => {
    const { table } = aTable()
    const buckets = new Set(
      ['::1', '::2:3', 'ffff:1::', ':aaaa'].map((host) =>
        table.bucketOf(`2001:db8:7:9:${host.replace(/^:+/, '')}`),
      ),
    )
    expect(buckets.size).toBe(1)
    expect(table.bucketOf('2001:db8:7::1')).toBe(table.bucketOf('2001:db8:7::2'))
  })

  it('spreads addresses over its buckets', () => {
    const { table } = aTable()
    const buckets = new Set(Array.from({ length: 256 }, (_, i) => table.bucketOf(`192.168.1.${i}`)))
    expect(buckets.size).toBeGreaterThan(40)
  })

  it('forgets an entry when its time is up, asked or swept', () => {
    const { clock, table, add } = aTable()
    add('a', '10.0.0.1', 100, 1_000)
    add('b', '10.0.0.2', 100, 1_000)
    clock.advance(1_000)
    expect(table.get('a')).toBeUndefined()
    table.sweep()
    expect(table.use).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('gives a touched entry a new lifetime and the newest place', () => {
    const { clock, table, add } = aTable(300)
    const { entry } = add('a', '10.0.0.1', 100, 1_000)
    add('b', '10.0.0.1', 100, 1_000)
    clock.advance(900)
    table.touch(entry, 1_000)
    add('c', '10.0.0.1', 200)
    expect(table.get('b')).toBeUndefined()
    clock.advance(900)
    expect(table.get('a')).toBe(entry)
  })

  it('makes room for an entry that grows, not at its own cost', () => {
    const { table, add } = aTable()
    const { entry } = add('a', '10.0.0.1', 100)
    for (let i = 0; i < 9; i++) add(`k${i}`, '10.0.0.1', 100)
    expect(table.resize(entry, 600)).toBe(true)
    expect(table.get('a')).toBe(entry)
    expect(table.use).toMatchObject({ entries: 5, bytes: 1_000 })
  })

  it('takes nothing larger than all of it', () => {
    const { table, add } = aTable()
    expect(add('a', '10.0.0.1', 1_001).isKept).toBe(false)
    const { entry } = add('b', '10.0.0.1', 1_000)
    expect(table.resize(entry, 1_001)).toBe(false)
    expect(table.use).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('replaces an entry of the same key', () => {
    const { table, add } = aTable()
    const first = add('a', '10.0.0.1', 100)
    const second = add('a', '10.0.0.1', 300)
    table.delete(first.entry)
    expect(table.get('a')).toBe(second.entry)
    expect(table.use).toMatchObject({ entries: 1, bytes: 300 })
  })
})
