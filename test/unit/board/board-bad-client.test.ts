import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { BoardTest, error, ok } from './board-test.ts'

const board = new BoardTest()

describe('a client that behaves badly', () => {
  it('hears that its lines are none, and its good ones still count', async () => {
    await board.run('  pointer: {kind: laser}')
    const client = await board.open('pointer', 'output')
    for (const line of [
      'rubbish',
      '{}',
      '[]',
      '{"op":"write"}',
      '{"op":"write","value":"1"}',
      '\u0000',
      '{"op":{}}',
    ]) {
      expect(await client.ask(line)).toEqual(error('malformed'))
    }
    expect(await client.ask({ op: 'write', value: 1 })).toEqual(ok)
  })

  it('is ended at a line without end', async () => {
    await board.run('  pointer: {kind: laser}')
    const client = await board.open('pointer', 'output')
    await client.ask({ op: 'write', value: 1 })
    client.socket.write(Buffer.alloc(1_000_000, '{'))
    await client.ended()
    expect(client.answers.at(-1)).toEqual(error('malformed'))
    await until('the safe state', () => board.edges.length === 2)
    expect(board.edges[1]).toMatchObject({ cause: 'release', value: 0 })
  })

  it('is cut off when it asks and asks and never reads, and the line is let go', async () => {
    await board.run('  pointer: {kind: laser}')
    const socket = connect(board.socketOf('pointer'))
    socket.on('error', () => {})
    socket.pause()
    socket.write('{"op":"open","as":"output"}\n{"op":"write","value":1}\n')
    const flood = setInterval(() => {
      if (socket.writableLength < 1_000_000) socket.write('{"op":"read"}\n'.repeat(2000))
    }, 1)
    try {
      await until('the safe state', () => board.edges.length === 2, 15_000)
      expect(board.edges[1]).toMatchObject({ cause: 'release', value: 0 })
      await board.open('pointer', 'output')
    } finally {
      clearInterval(flood)
      socket.destroy()
    }
  })

  it('is cut off when it watches and never reads', async () => {
    await board.run('  sound: {kind: sound}')
    const operator = await board.control()
    const socket = connect(board.socketOf('sound'))
    socket.on('error', () => {})
    socket.pause()
    socket.write('{"op":"open","as":"input"}\n{"op":"watch"}\n')
    const isHeld = async (): Promise<boolean> => {
      const { devices } = await operator.ask({ op: 'status' })
      return (devices as [{ isHeld: boolean }])[0].isHeld
    }
    while (!(await isHeld())) await delay(2)
    const flips = [1, 0].map((value) => `${JSON.stringify({ op: 'set', device: 'sound', value })}\n`).join('')
    const world = await board.control()
    for (let count = 1; (await isHeld()) && count <= 100; count++) {
      world.socket.write(flips.repeat(500))
      await until('the world has flipped', () => world.answers.length === count * 1000)
    }
    expect(await isHeld()).toBe(false)
    socket.destroy()
  })

  it('is one of many, and no more than 64 are let in', async () => {
    await board.run('  pointer: {kind: laser}')
    const first = await board.open('pointer', 'output')
    const many = await Promise.all(
      Array.from({ length: 100 }, () => board.connectTo(board.socketOf('pointer'))),
    )
    await until('some are turned away', () => many.filter((one) => one.hasEnded).length === 37)
    expect(await first.ask({ op: 'write', value: 1 })).toEqual(ok)
    for (const one of many) one.close()
    await until('all are gone', () => many.every((one) => one.hasEnded))
    expect(
      await (await board.connectTo(board.socketOf('pointer'))).ask({ op: 'open', as: 'output' }),
    ).toEqual(error('busy'))
  })
})
