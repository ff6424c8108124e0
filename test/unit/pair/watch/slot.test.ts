import { describe, expect, it } from 'vitest'
import { Slot, slotMoves } from '../../../../src/pair/watch/slot.ts'
import { anApplication, wanted } from '../builders.ts'

function aSlot(): Slot {
  const [instance] = wanted(anApplication('web: {image: "web:1"}'))
  if (instance === undefined) throw new Error('one was wanted')
  return new Slot(instance, { device: 'a', containerId: 'c1', endpoint: undefined }, 0)
}

describe('a slot', () => {
  it('leaves no state without a way back up', () => {
    for (const from of Object.keys(slotMoves) as (keyof typeof slotMoves)[]) {
      const reached = new Set([from])
      for (const state of reached) for (const next of slotMoves[state]) reached.add(next)
      expect(reached).toContain('up')
    }
  })

  it('refuses a move that is not in the table', () => {
    expect(() => aSlot().move('moving')).toThrow('cannot go from up to moving')
  })

  it('says once for each reason that it waits', () => {
    const slot = aSlot()
    slot.move('down')
    expect(['no device', 'no device', 'held', 'held'].map((reason) => slot.waitFor(reason))).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(slot.state).toBe('waiting')
  })

  it('begins anew at its new home', () => {
    const slot = aSlot()
    slot.move('down')
    slot.move('moving')
    slot.failures = 3
    slot.rejectedContainerId = 'c1'
    slot.settle({ device: 'b', containerId: 'c2', endpoint: undefined }, 1000)
    expect(slot).toMatchObject({
      state: 'up',
      failures: 0,
      rejectedContainerId: undefined,
      answeredAtMs: 1000,
    })
    expect(slot.home.device).toBe('b')
  })
})
