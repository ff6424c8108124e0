import { describe, expect, it } from 'vitest'
import { Turns } from '../../../../src/manager/swarm/turns.ts'

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

describe('taking turns', () => {
  it('begins the next when the one before has ended, well or badly', async () => {
    const turns = new Turns()
    const { opened, open } = gate()
    const told: string[] = []
    const first = turns.take('a', async () => {
      told.push('first begins')
      await opened
      told.push('first ends')
      throw new Error('badly')
    })
    const second = turns.take('a', async () => told.push('second'))
    await turns.take('b', async () => told.push('another key'))
    open()
    await expect(first).rejects.toThrow('badly')
    await second
    expect(told).toEqual(['first begins', 'another key', 'first ends', 'second'])
  })
})
