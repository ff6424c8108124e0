import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NumberTable } from '../../../../src/coap/messaging/number-table.ts'

describe('NumberTable', () => {
  it('holds what a Map holds, whatever is set and deleted in whatever order', () => {
    const aKey = fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 65535 }),
      fc.maxSafeNat(),
    )
    const aStep = fc.record({ key: aKey, deletes: fc.boolean() })
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 300 }), (steps) => {
        const table = new NumberTable<string>()
        const map = new Map<number, string>()
        for (const [index, { key, deletes }] of steps.entries()) {
          if (deletes) {
            table.delete(key)
            map.delete(key)
          } else {
            table.set(key, `${index}`)
            map.set(key, `${index}`)
          }
        }
        expect(table.size).toBe(map.size)
        expect(table.values().sort()).toEqual([...map.values()].sort())
        for (const { key } of steps) {
          expect(table.get(key)).toBe(map.get(key))
          expect(table.has(key)).toBe(map.has(key))
        }
      }),
    )
  })
})
