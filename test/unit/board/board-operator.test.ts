import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BoardTest, error, ok } from './board-test.ts'

const board = new BoardTest()

describe('whoever runs a board', () => {
  it('sees its devices, its time and its edges', async () => {
    await board.run(
      '  pointer: {kind: laser}\n  climate: {kind: humidity, humidity: 41}',
      'speed: 60\nstartsAt: "06:00"',
    )
    const [client, operator] = [await board.open('pointer', 'output'), await board.control()]
    await client.ask({ op: 'write', value: 1 })
    await operator.ask({ op: 'set', device: 'climate', value: 33.6, reading: 'temperature' })
    expect(await operator.ask({ op: 'status' })).toMatchObject({
      board: 'b',
      speed: 60,
      devices: [
        { name: 'pointer', kind: 'laser', isPlugged: true, isHeld: true, connections: 1, value: 1 },
        {
          name: 'climate',
          isHeld: false,
          readings: [{ value: 41 }, { name: 'temperature', value: 34 }],
          forced: { temperature: 33.6 },
        },
      ],
    })
    const { atS, secondOfDay } = await operator.ask({ op: 'time' })
    expect(secondOfDay).toBeCloseTo(6 * 3600 + Number(atS), 6)
    expect(await operator.ask({ op: 'record' })).toEqual({ ok: true, edges: board.edges })
    expect(await operator.ask({ op: 'record', after: 1 })).toEqual({ ok: true, edges: [] })
  })

  it('hears what cannot be', async () => {
    await board.run(
      '  pointer: {kind: laser}\n  flame: {kind: flame}\n  climate: {kind: humidity, humidity: 41}',
    )
    const operator = await board.control()
    const text = async (request: object): Promise<unknown> => (await operator.ask(request)).text
    expect(await text({ op: 'unplug', device: 'flme' })).toBe(
      'the board has no device flme; did you mean flame?',
    )
    expect(await text({ op: 'unplug', device: 'x' })).toBe(
      'the board has no device x; it has pointer, flame, climate',
    )
    expect(await text({ op: 'set', device: 'flame', value: 7 })).toBe('expected 0 or 1')
    expect(await text({ op: 'set', device: 'pointer', value: 1 })).toMatch(/^an actuator is set by/)
    expect(await text({ op: 'set', device: 'climate', value: 1, reading: 'wind' })).toBe(
      'there is no reading "wind"; there is humidity, temperature',
    )
    expect(await text({ op: 'open', as: 'output' })).toMatch(/^expected an op: status, time/)
  })

  it('hears of a folder that was taken away, and the board goes on', async () => {
    await board.run('  pointer: {kind: laser}\n  flame: {kind: flame}')
    const operator = await board.control()
    await operator.ask({ op: 'unplug', device: 'flame' })
    rmSync(join(board.root, 'b', 'flame'), { recursive: true })
    expect(await operator.ask({ op: 'replug', device: 'flame' })).toEqual(error('refused'))
    await board.open('pointer', 'output')
    mkdirSync(join(board.root, 'b', 'flame'))
    expect(await operator.ask({ op: 'replug', device: 'flame' })).toEqual(ok)
    await board.open('flame', 'input')
  })
})
