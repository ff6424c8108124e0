import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { BoardTest, error, ok } from './board-test.ts'

const board = new BoardTest()

describe('a line', () => {
  it('is held by one connection; others hear that it is busy until that one ends', async () => {
    await board.run('  pointer: {kind: laser}')
    const first = await board.open('pointer', 'output')
    const others = await Promise.all(
      Array.from({ length: 20 }, () => board.connectTo(board.socketOf('pointer'))),
    )
    for (const other of others) {
      expect(await other.ask({ op: 'open', as: 'output' })).toEqual(error('busy'))
      expect(await other.ask({ op: 'write', value: 1 })).toEqual(error('refused'))
    }
    first.close()
    await until('the line is free', () => first.hasEnded)
    const opened = await Promise.all(others.map((other) => other.ask({ op: 'open', as: 'output' })))
    expect(opened.filter((answer) => answer.ok)).toEqual([{ ok: true, kind: 'laser' }])
    expect(opened.filter((answer) => answer.error === 'busy')).toHaveLength(19)
    expect(board.edges).toEqual([])
  })

  it('does what it is told, can be read back, and falls to off when its holder ends', async () => {
    await board.run('  pointer: {kind: laser}')
    const client = await board.open('pointer', 'output')
    for (const value of [1, 1, 0, 1]) expect(await client.ask({ op: 'write', value })).toEqual(ok)
    expect(await client.ask({ op: 'read' })).toEqual({ ok: true, readings: [{ name: 'level', value: 1 }] })
    const before = Date.now()
    client.close()
    await until('the safe state', () => board.edges.length === 4)
    expect(board.told()).toEqual([
      ['pointer', 'write', 1],
      ['pointer', 'write', 0],
      ['pointer', 'write', 1],
      ['pointer', 'release', 0],
    ])
    expect(board.edges.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(board.edges[3]?.atMs).toBeGreaterThanOrEqual(before)
    const next = await board.open('pointer', 'output')
    expect(await next.ask({ op: 'read' })).toEqual({ ok: true, readings: [{ name: 'level', value: 0 }] })
  })

  it('takes a tone, and is silent by a duty of 0 or without its holder', async () => {
    await board.run('  melody: {kind: passive-buzzer}')
    const client = await board.open('melody', 'pwm')
    expect(await client.ask({ op: 'pwm', frequencyHz: 2500, duty: 0.5 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 440, duty: 0 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 880, duty: 0 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 880, duty: 0.1 })).toEqual(ok)
    client.close()
    await until('silence', () => board.edges.length === 4)
    expect(
      board.edges.map(({ cause, value, frequencyHz, duty }) => [cause, value, frequencyHz, duty]),
    ).toEqual([
      ['pwm', 1, 2500, 0.5],
      ['pwm', 0, undefined, undefined],
      ['pwm', 1, 880, 0.1],
      ['release', 0, undefined, undefined],
    ])
  })

  it('does not follow while it is stuck', async () => {
    await board.run(
      '  alarm: {kind: active-buzzer, stuck: [{from: 0}]}\n  melody: {kind: passive-buzzer, stuck: [{from: 0}]}',
    )
    const [alarm, melody] = [await board.open('alarm', 'output'), await board.open('melody', 'pwm')]
    expect(await alarm.ask({ op: 'write', value: 1 })).toEqual(error('stuck'))
    expect(await melody.ask({ op: 'pwm', frequencyHz: 440, duty: 0.5 })).toEqual(error('stuck'))
    expect(board.edges).toEqual([])
  })

  it('says what does not fit its kind', async () => {
    await board.run('  pointer: {kind: laser}\n  flame: {kind: flame}\n  melody: {kind: passive-buzzer}')
    const pointer = await board.connectTo(board.socketOf('pointer'))
    expect(await pointer.ask({ op: 'read' })).toEqual(error('refused'))
    expect(await pointer.ask({ op: 'open', as: 'pwm' })).toMatchObject({
      error: 'refused',
      text: 'pointer is a laser: it opens as output',
    })
    expect(await pointer.ask({ op: 'open', as: 'output' })).toMatchObject(ok)
    expect(await pointer.ask({ op: 'open', as: 'output' })).toEqual(error('refused'))
    expect(await pointer.ask({ op: 'watch' })).toEqual(error('refused'))
    expect(await (await board.open('melody', 'pwm')).ask({ op: 'read' })).toEqual(error('refused'))
    expect(await (await board.open('flame', 'input')).ask({ op: 'write', value: 1 })).toEqual(
      error('refused'),
    )
  })
})
