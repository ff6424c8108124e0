import { describe, expect, it } from 'vitest'
import { Interaction, Interactions } from '../../../../src/coap/messaging/interactions.ts'

class Named extends Interaction {
  readonly #act: () => void

  constructor(act: () => void) {
    super()
    this.#act = act
  }

  override onTurn(): void {
    this.#act()
  }
}

describe('Interactions', () => {
  it('lets NSTART of them be outstanding, and the others follow in their order', () => {
    const interactions = new Interactions(2)
    const turns: number[] = []
    for (let i = 0; i < 5; i++) interactions.enter(new Named(() => turns.push(i)))
    expect(turns).toEqual([0, 1])
    interactions.release()
    expect(turns).toEqual([0, 1, 2])
    for (let i = 0; i < 4; i++) interactions.release()
    expect(turns).toEqual([0, 1, 2, 3, 4])
    expect(interactions.isIdle).toBe(true)
  })

  it('passes over those that left', () => {
    const interactions = new Interactions(1)
    const turns: number[] = []
    const all = [0, 1, 2, 3].map((i) => new Named(() => turns.push(i)))
    for (const each of all) interactions.enter(each)
    for (const each of all.slice(1, 3)) interactions.leave(each)
    interactions.release()
    expect(turns).toEqual([0, 3])
    interactions.release()
    expect(interactions.isIdle).toBe(true)
  })

  it('outlasts a long queue whose members all fail in their turn', () => {
    const interactions = new Interactions(1)
    let turns = 0
    interactions.enter(new Named(() => turns++))
    for (let i = 0; i < 100_000; i++) {
      interactions.enter(
        new Named(() => {
          turns++
          interactions.release()
        }),
      )
    }
    interactions.release()
    expect(turns).toBe(100_001)
    expect(interactions.isIdle).toBe(true)
  })
})
