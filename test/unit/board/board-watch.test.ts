import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { BoardTest, ok } from './board-test.ts'

const board = new BoardTest()

describe('a line that is watched', () => {
  it('tells each edge of the script, in time', async () => {
    await board.run(
      '  flame: {kind: flame, flames: [{from: 30s, to: 60s}, {from: 90s, to: 120s}]}',
      'speed: 100',
    )
    const startMs = Date.now()
    const client = await board.open('flame', 'input')
    expect(await client.ask({ op: 'watch' })).toEqual(ok)
    expect(await client.ask({ op: 'read' })).toEqual({ ok: true, readings: [{ name: 'level', value: 0 }] })
    await until('four edges', () => client.events.length === 4)
    expect(client.events.map(({ event, value }) => [event, value])).toEqual([
      ['edge', 1],
      ['edge', 0],
      ['edge', 1],
      ['edge', 0],
    ])
    for (const [index, { atMs }] of client.events.entries()) {
      const afterMs = Number(atMs) - startMs
      expect(afterMs).toBeGreaterThan(300 * (index + 1) - 200)
      expect(afterMs).toBeLessThan(300 * (index + 1) + 1500)
    }
  })

  it('tells what somebody sets, once, and nothing after its holder has ended', async () => {
    await board.run('  flame: {kind: flame}')
    const [client, operator] = [await board.open('flame', 'input'), await board.control()]
    await client.ask({ op: 'watch' })
    await client.ask({ op: 'watch' })
    for (const value of [1, 1, 0, 1, null]) {
      expect(await operator.ask({ op: 'set', device: 'flame', value })).toEqual(ok)
    }
    await until('the edges', () => client.events.length >= 4)
    expect(client.events.map(({ value }) => value)).toEqual([1, 0, 1, 0])
    client.close()
    await client.ended()
    expect(await operator.ask({ op: 'set', device: 'flame', value: 1 })).toEqual(ok)
    const next = await board.open('flame', 'input')
    expect(await next.ask({ op: 'read' })).toMatchObject({ readings: [{ value: 1 }] })
    expect(next.events).toEqual([])
  })

  it('stays where it is stuck, whatever the world does', async () => {
    await board.run('  flame: {kind: flame, stuck: [{from: 0, value: 1}]}')
    const [client, operator] = [await board.open('flame', 'input'), await board.control()]
    await client.ask({ op: 'watch' })
    await operator.ask({ op: 'set', device: 'flame', value: 1 })
    await operator.ask({ op: 'set', device: 'flame', value: 0 })
    expect(await client.ask({ op: 'read' })).toMatchObject({ readings: [{ value: 1 }] })
    expect(client.events).toEqual([])
  })
})
