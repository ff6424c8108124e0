import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BoardTest, error, ok } from './board-test.ts'

const board = new BoardTest()

describe('a device that is unplugged', () => {
  it('has no socket, ends its connections, falls to off, and comes back in the same folder', async () => {
    await board.run('  pointer: {kind: laser}')
    const [client, operator] = [await board.open('pointer', 'output'), await board.control()]
    await client.ask({ op: 'write', value: 1 })
    const folder = statSync(join(board.root, 'b', 'pointer')).ino
    expect(await operator.ask({ op: 'unplug', device: 'pointer' })).toEqual(ok)
    expect(await operator.ask({ op: 'unplug', device: 'pointer' })).toEqual(ok)
    expect(readdirSync(join(board.root, 'b', 'pointer'))).toEqual([])
    await client.ended()
    expect(board.told()).toEqual([
      ['pointer', 'write', 1],
      ['pointer', 'release', 0],
    ])
    expect(await operator.ask({ op: 'replug', device: 'pointer' })).toEqual(ok)
    expect(await operator.ask({ op: 'replug', device: 'pointer' })).toEqual(ok)
    expect(statSync(join(board.root, 'b', 'pointer')).ino).toBe(folder)
    await board.open('pointer', 'output')
  })

  it('tells who waits for a reading that it is gone', async () => {
    await board.run('  climate: {kind: humidity, humidity: 41, readMs: 5000}')
    const [client, operator] = [await board.open('climate', 'sensor'), await board.control()]
    const reading = client.ask({ op: 'read' })
    await delay(50)
    await operator.ask({ op: 'unplug', device: 'climate' })
    expect(await reading).toEqual(error('gone'))
    await client.ended()
  })

  it('goes and comes as the script says', async () => {
    await board.run(
      '  flame: {kind: flame, unplugged: [{from: 0, to: 50s}, {from: 100s, to: 150s}]}',
      'speed: 100',
    )
    const seen: boolean[] = []
    for (const endMs = performance.now() + 2000; performance.now() < endMs; await delay(2)) {
      const isThere = existsSync(board.socketOf('flame'))
      if (seen.at(-1) !== isThere) seen.push(isThere)
    }
    expect(seen).toEqual([false, true, false, true])
  })

  it('does not come back by accident when both are asked for at once', async () => {
    await board.run('  flame: {kind: flame}')
    const operators = await Promise.all(Array.from({ length: 10 }, () => board.control()))
    await Promise.all(
      operators.map((one, index) => one.ask({ op: index % 2 === 0 ? 'unplug' : 'replug', device: 'flame' })),
    )
    const [operator] = operators
    await operator?.ask({ op: 'unplug', device: 'flame' })
    expect(readdirSync(join(board.root, 'b', 'flame'))).toEqual([])
    await operator?.ask({ op: 'replug', device: 'flame' })
    await board.open('flame', 'input')
  })
})
