import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../../until.ts'
import { BoardTest, error } from './board-test.ts'

const board = new BoardTest()

describe('a sensor', () => {
  it('is read, and fails as the script says', async () => {
    await board.run(
      `  climate: {kind: humidity, humidity: 41.4, temperature: 21}
  wet: {kind: humidity, humidity: 99, fails: [{from: 0, error: checksum}]}
  light: {kind: light, illuminance: 310}
  dark: {kind: light, illuminance: 1, fails: [{from: 0, error: stuck}]}`,
    )
    const climate = await board.open('climate', 'sensor')
    expect(await climate.ask({ op: 'read' })).toEqual({
      ok: true,
      readings: [
        { name: 'humidity', unit: '%RH', value: 41 },
        { name: 'temperature', unit: 'Cel', value: 21 },
      ],
    })
    expect(await (await board.open('light', 'sensor')).ask({ op: 'read' })).toEqual({
      ok: true,
      readings: [{ name: 'illuminance', unit: 'lx', value: 310 }],
    })
    expect(await (await board.open('wet', 'sensor')).ask({ op: 'read' })).toEqual(error('checksum'))
    expect(await (await board.open('dark', 'sensor')).ask({ op: 'read' })).toEqual(error('stuck'))
  })

  it('answers requests that come together in their order', async () => {
    await board.run('  climate: {kind: humidity, humidity: 41, readMs: 5}')
    const client = await board.open('climate', 'sensor')
    client.socket.write(`${'{"op":"read"}\nx\n'.repeat(100)}`)
    await until('all answers', () => client.answers.length === 201)
    expect(client.answers.slice(1).map((answer) => answer.ok)).toEqual(
      Array.from({ length: 200 }, (_, index) => index % 2 === 0),
    )
  })

  it('answers what was asked before the client ended its half, then lets the line go', async () => {
    await board.run('  climate: {kind: humidity, humidity: 41, readMs: 50}')
    const client = await board.connectTo(board.socketOf('climate'))
    client.socket.end('{"op":"open","as":"sensor"}\n{"op":"read"}\n')
    await client.ended()
    expect(client.answers).toMatchObject([{ kind: 'humidity' }, { readings: [{ value: 41 }, { value: 21 }] }])
    await board.open('climate', 'sensor')
  })

  it('follows its script in simulated time', async () => {
    await board.run(
      '  light: {kind: light, illuminance: {points: [{at: 0, value: 0}, {at: 1d, value: 86400}]}}',
      'speed: 10000',
    )
    const client = await board.open('light', 'sensor')
    const lux = async (): Promise<number> =>
      ((await client.ask({ op: 'read' })).readings as [{ value: number }])[0].value
    const [before, first, begun] = [performance.now(), await lux(), performance.now()]
    await delay(300)
    const [ending, last, after] = [performance.now(), await lux(), performance.now()]
    // Ten lux a millisecond, within what a reading rounds.
    expect(last - first).toBeGreaterThanOrEqual((ending - begun) * 10 - 200)
    expect(last - first).toBeLessThanOrEqual((after - before) * 10 + 200)
  })
})
