import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Board } from '../../../src/board/board.ts'
import type { Edge } from '../../../src/board/edge.ts'
import { parseScript } from '../../../src/board/script/parse-script.ts'
import { until } from '../../until.ts'
import { AClient } from './a-client.ts'

let root = ''
let edges: Edge[] = []
const boards: Board[] = []
const clients: AClient[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-board-'))
  edges = []
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const board of boards.splice(0)) await board.stop()
  expect(readdirSync(root)).toEqual([])
  rmSync(root, { recursive: true })
})

async function run(devices: string, more = ''): Promise<Board> {
  const script = parseScript(`board: b\n${more}\ndevices:\n${devices}`, 'test')
  const board = new Board({ script, root, record: (line) => edges.push(JSON.parse(line) as Edge) })
  await board.start()
  boards.push(board)
  return board
}

const socketOf = (device: string): string => join(root, 'b', device, 'socket')

async function connectTo(path: string): Promise<AClient> {
  const client = await AClient.to(path)
  clients.push(client)
  return client
}

async function open(device: string, as: string): Promise<AClient> {
  const client = await connectTo(socketOf(device))
  expect(await client.ask({ op: 'open', as })).toMatchObject({ ok: true })
  return client
}

const control = (): Promise<AClient> => connectTo(join(root, 'b', 'control'))
const told = (): readonly unknown[] => edges.map(({ device, cause, value }) => [device, cause, value])
const ok = { ok: true }
const error = (code: string) => expect.objectContaining({ ok: false, error: code, text: expect.any(String) })

describe('the sockets of a board', () => {
  it('are one folder a device, open to every user, and go with the board', async () => {
    const board = await run('  pointer: {kind: laser}\n  flame: {kind: flame}')
    expect(readdirSync(join(root, 'b')).sort()).toEqual(['control', 'flame', 'pointer'])
    expect(readdirSync(join(root, 'b', 'flame'))).toEqual(['socket'])
    expect(statSync(socketOf('flame')).mode & 0o777).toBe(0o666)
    expect(statSync(join(root, 'b', 'flame')).mode & 0o777).toBe(0o755)
    expect(statSync(join(root, 'b', 'control')).mode & 0o777).toBe(0o600)
    await board.stop()
    expect(readdirSync(root)).toEqual([])
  })

  it('leave alone what somebody else has put there', async () => {
    const board = await run('  pointer: {kind: laser}')
    const note = join(root, 'b', 'pointer', 'note')
    writeFileSync(note, '')
    await board.stop()
    expect(existsSync(note)).toBe(true)
    rmSync(join(root, 'b'), { recursive: true })
  })

  it('refuse a second board of the name, and the first goes on', async () => {
    await run('  pointer: {kind: laser}')
    await expect(run('  pointer: {kind: laser}')).rejects.toMatchObject({ code: 'BOARD_RUNS' })
    const client = await open('pointer', 'output')
    expect(await client.ask({ op: 'write', value: 1 })).toEqual(ok)
    expect(readdirSync(join(root, 'b')).sort()).toEqual(['control', 'pointer'])
  })

  it('let one board have a name of several that start at once', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => run('  pointer: {kind: laser}')))
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const start of starts) {
      if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'BOARD_RUNS' })
    }
    await open('pointer', 'output')
  })

  it('say so where the path would be too long for the kernel, or the folder cannot be made', async () => {
    const script = parseScript('board: b\ndevices: {pointer: {kind: laser}}', 'test')
    const start = (folder: string) => new Board({ script, root: folder, record: () => {} }).start()
    await expect(start(join(root, 'x'.repeat(100)))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      reason: expect.stringMatching(/the kernel takes 107/),
    })
    writeFileSync(join(root, 'file'), '')
    await expect(start(join(root, 'file'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    rmSync(join(root, 'file'))
    // A folder where the socket of a device should be.
    mkdirSync(join(root, 'b', 'pointer', 'socket'), { recursive: true })
    await expect(start(root)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    rmSync(join(root, 'b'), { recursive: true })
  })
})

describe('a line', () => {
  it('is held by one connection; others hear that it is busy until that one ends', async () => {
    await run('  pointer: {kind: laser}')
    const first = await open('pointer', 'output')
    const others = await Promise.all(Array.from({ length: 20 }, () => connectTo(socketOf('pointer'))))
    for (const other of others) {
      expect(await other.ask({ op: 'open', as: 'output' })).toEqual(error('busy'))
      expect(await other.ask({ op: 'write', value: 1 })).toEqual(error('refused'))
    }
    first.close()
    await until('the line is free', () => first.hasEnded)
    const opened = await Promise.all(others.map((other) => other.ask({ op: 'open', as: 'output' })))
    expect(opened.filter((answer) => answer.ok)).toEqual([{ ok: true, kind: 'laser' }])
    expect(opened.filter((answer) => answer.error === 'busy')).toHaveLength(19)
    expect(edges).toEqual([])
  })

  it('does what it is told, can be read back, and falls to off when its holder ends', async () => {
    await run('  pointer: {kind: laser}')
    const client = await open('pointer', 'output')
    for (const value of [1, 1, 0, 1]) expect(await client.ask({ op: 'write', value })).toEqual(ok)
    expect(await client.ask({ op: 'read' })).toEqual({ ok: true, readings: [{ name: 'level', value: 1 }] })
    const before = Date.now()
    client.close()
    await until('the safe state', () => edges.length === 4)
    expect(told()).toEqual([
      ['pointer', 'write', 1],
      ['pointer', 'write', 0],
      ['pointer', 'write', 1],
      ['pointer', 'release', 0],
    ])
    expect(edges.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(edges[3]?.atMs).toBeGreaterThanOrEqual(before)
    const next = await open('pointer', 'output')
    expect(await next.ask({ op: 'read' })).toEqual({ ok: true, readings: [{ name: 'level', value: 0 }] })
  })

  it('takes a tone, and is silent by a duty of 0 or without its holder', async () => {
    await run('  melody: {kind: passive-buzzer}')
    const client = await open('melody', 'pwm')
    expect(await client.ask({ op: 'pwm', frequencyHz: 2500, duty: 0.5 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 440, duty: 0 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 880, duty: 0 })).toEqual(ok)
    expect(await client.ask({ op: 'pwm', frequencyHz: 880, duty: 0.1 })).toEqual(ok)
    client.close()
    await until('silence', () => edges.length === 4)
    expect(edges.map(({ cause, value, frequencyHz, duty }) => [cause, value, frequencyHz, duty])).toEqual([
      ['pwm', 1, 2500, 0.5],
      ['pwm', 0, undefined, undefined],
      ['pwm', 1, 880, 0.1],
      ['release', 0, undefined, undefined],
    ])
  })

  it('does not follow while it is stuck', async () => {
    await run(
      '  alarm: {kind: active-buzzer, stuck: [{from: 0}]}\n  melody: {kind: passive-buzzer, stuck: [{from: 0}]}',
    )
    const [alarm, melody] = [await open('alarm', 'output'), await open('melody', 'pwm')]
    expect(await alarm.ask({ op: 'write', value: 1 })).toEqual(error('stuck'))
    expect(await melody.ask({ op: 'pwm', frequencyHz: 440, duty: 0.5 })).toEqual(error('stuck'))
    expect(edges).toEqual([])
  })

  it('says what does not fit its kind', async () => {
    await run('  pointer: {kind: laser}\n  flame: {kind: flame}\n  melody: {kind: passive-buzzer}')
    const pointer = await connectTo(socketOf('pointer'))
    expect(await pointer.ask({ op: 'read' })).toEqual(error('refused'))
    expect(await pointer.ask({ op: 'open', as: 'pwm' })).toMatchObject({
      error: 'refused',
      text: 'pointer is a laser: it opens as output',
    })
    expect(await pointer.ask({ op: 'open', as: 'output' })).toMatchObject(ok)
    expect(await pointer.ask({ op: 'open', as: 'output' })).toEqual(error('refused'))
    expect(await pointer.ask({ op: 'watch' })).toEqual(error('refused'))
    expect(await (await open('melody', 'pwm')).ask({ op: 'read' })).toEqual(error('refused'))
    expect(await (await open('flame', 'input')).ask({ op: 'write', value: 1 })).toEqual(error('refused'))
  })
})

describe('a sensor', () => {
  it('is read, and fails as the script says', async () => {
    await run(
      `  climate: {kind: humidity, humidity: 41.4, temperature: 21}
  wet: {kind: humidity, humidity: 99, fails: [{from: 0, error: checksum}]}
  light: {kind: light, illuminance: 310}
  dark: {kind: light, illuminance: 1, fails: [{from: 0, error: stuck}]}`,
    )
    const climate = await open('climate', 'sensor')
    expect(await climate.ask({ op: 'read' })).toEqual({
      ok: true,
      readings: [
        { name: 'humidity', unit: '%RH', value: 41 },
        { name: 'temperature', unit: 'Cel', value: 21 },
      ],
    })
    expect(await (await open('light', 'sensor')).ask({ op: 'read' })).toEqual({
      ok: true,
      readings: [{ name: 'illuminance', unit: 'lx', value: 310 }],
    })
    expect(await (await open('wet', 'sensor')).ask({ op: 'read' })).toEqual(error('checksum'))
    expect(await (await open('dark', 'sensor')).ask({ op: 'read' })).toEqual(error('stuck'))
  })

  it('answers requests that come together in their order', async () => {
    await run('  climate: {kind: humidity, humidity: 41, readMs: 5}')
    const client = await open('climate', 'sensor')
    client.socket.write(`${'{"op":"read"}\nx\n'.repeat(100)}`)
    await until('all answers', () => client.answers.length === 201)
    expect(client.answers.slice(1).map((answer) => answer.ok)).toEqual(
      Array.from({ length: 200 }, (_, index) => index % 2 === 0),
    )
  })

  it('answers what was asked before the client ended its half, then lets the line go', async () => {
    await run('  climate: {kind: humidity, humidity: 41, readMs: 50}')
    const client = await connectTo(socketOf('climate'))
    client.socket.end('{"op":"open","as":"sensor"}\n{"op":"read"}\n')
    await client.ended()
    expect(client.answers).toMatchObject([{ kind: 'humidity' }, { readings: [{ value: 41 }, { value: 21 }] }])
    await open('climate', 'sensor')
  })

  it('follows its script in simulated time', async () => {
    await run(
      '  light: {kind: light, illuminance: {points: [{at: 0, value: 0}, {at: 1d, value: 86400}]}}',
      'speed: 10000',
    )
    const client = await open('light', 'sensor')
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

describe('a line that is watched', () => {
  it('tells each edge of the script, in time', async () => {
    await run('  flame: {kind: flame, flames: [{from: 30s, to: 60s}, {from: 90s, to: 120s}]}', 'speed: 100')
    const startMs = Date.now()
    const client = await open('flame', 'input')
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
    await run('  flame: {kind: flame}')
    const [client, operator] = [await open('flame', 'input'), await control()]
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
    const next = await open('flame', 'input')
    expect(await next.ask({ op: 'read' })).toMatchObject({ readings: [{ value: 1 }] })
    expect(next.events).toEqual([])
  })

  it('stays where it is stuck, whatever the world does', async () => {
    await run('  flame: {kind: flame, stuck: [{from: 0, value: 1}]}')
    const [client, operator] = [await open('flame', 'input'), await control()]
    await client.ask({ op: 'watch' })
    await operator.ask({ op: 'set', device: 'flame', value: 1 })
    await operator.ask({ op: 'set', device: 'flame', value: 0 })
    expect(await client.ask({ op: 'read' })).toMatchObject({ readings: [{ value: 1 }] })
    expect(client.events).toEqual([])
  })
})

describe('a device that is unplugged', () => {
  it('has no socket, ends its connections, falls to off, and comes back in the same folder', async () => {
    await run('  pointer: {kind: laser}')
    const [client, operator] = [await open('pointer', 'output'), await control()]
    await client.ask({ op: 'write', value: 1 })
    const folder = statSync(join(root, 'b', 'pointer')).ino
    expect(await operator.ask({ op: 'unplug', device: 'pointer' })).toEqual(ok)
    expect(await operator.ask({ op: 'unplug', device: 'pointer' })).toEqual(ok)
    expect(readdirSync(join(root, 'b', 'pointer'))).toEqual([])
    await client.ended()
    expect(told()).toEqual([
      ['pointer', 'write', 1],
      ['pointer', 'release', 0],
    ])
    expect(await operator.ask({ op: 'replug', device: 'pointer' })).toEqual(ok)
    expect(await operator.ask({ op: 'replug', device: 'pointer' })).toEqual(ok)
    expect(statSync(join(root, 'b', 'pointer')).ino).toBe(folder)
    await open('pointer', 'output')
  })

  it('tells who waits for a reading that it is gone', async () => {
    await run('  climate: {kind: humidity, humidity: 41, readMs: 5000}')
    const [client, operator] = [await open('climate', 'sensor'), await control()]
    const reading = client.ask({ op: 'read' })
    await delay(50)
    await operator.ask({ op: 'unplug', device: 'climate' })
    expect(await reading).toEqual(error('gone'))
    await client.ended()
  })

  it('goes and comes as the script says', async () => {
    await run('  flame: {kind: flame, unplugged: [{from: 0, to: 50s}, {from: 100s, to: 150s}]}', 'speed: 100')
    const seen: boolean[] = []
    for (const endMs = performance.now() + 2000; performance.now() < endMs; await delay(2)) {
      const isThere = existsSync(socketOf('flame'))
      if (seen.at(-1) !== isThere) seen.push(isThere)
    }
    expect(seen).toEqual([false, true, false, true])
  })

  it('does not come back by accident when both are asked for at once', async () => {
    await run('  flame: {kind: flame}')
    const operators = await Promise.all(Array.from({ length: 10 }, control))
    await Promise.all(
      operators.map((one, index) => one.ask({ op: index % 2 === 0 ? 'unplug' : 'replug', device: 'flame' })),
    )
    const [operator] = operators
    await operator?.ask({ op: 'unplug', device: 'flame' })
    expect(readdirSync(join(root, 'b', 'flame'))).toEqual([])
    await operator?.ask({ op: 'replug', device: 'flame' })
    await open('flame', 'input')
  })
})

describe('whoever runs a board', () => {
  it('sees its devices, its time and its edges', async () => {
    await run(
      '  pointer: {kind: laser}\n  climate: {kind: humidity, humidity: 41}',
      'speed: 60\nstartsAt: "06:00"',
    )
    const [client, operator] = [await open('pointer', 'output'), await control()]
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
    expect(await operator.ask({ op: 'record' })).toEqual({ ok: true, edges })
    expect(await operator.ask({ op: 'record', after: 1 })).toEqual({ ok: true, edges: [] })
  })

  it('hears what cannot be', async () => {
    await run('  pointer: {kind: laser}\n  flame: {kind: flame}\n  climate: {kind: humidity, humidity: 41}')
    const operator = await control()
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
    await run('  pointer: {kind: laser}\n  flame: {kind: flame}')
    const operator = await control()
    await operator.ask({ op: 'unplug', device: 'flame' })
    rmSync(join(root, 'b', 'flame'), { recursive: true })
    expect(await operator.ask({ op: 'replug', device: 'flame' })).toEqual(error('refused'))
    await open('pointer', 'output')
    mkdirSync(join(root, 'b', 'flame'))
    expect(await operator.ask({ op: 'replug', device: 'flame' })).toEqual(ok)
    await open('flame', 'input')
  })
})

describe('a client that behaves badly', () => {
  it('hears that its lines are none, and its good ones still count', async () => {
    await run('  pointer: {kind: laser}')
    const client = await open('pointer', 'output')
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
    await run('  pointer: {kind: laser}')
    const client = await open('pointer', 'output')
    await client.ask({ op: 'write', value: 1 })
    client.socket.write(Buffer.alloc(1_000_000, '{'))
    await client.ended()
    expect(client.answers.at(-1)).toEqual(error('malformed'))
    await until('the safe state', () => edges.length === 2)
    expect(edges[1]).toMatchObject({ cause: 'release', value: 0 })
  })

  it('is cut off when it asks and asks and never reads, and the line is let go', async () => {
    await run('  pointer: {kind: laser}')
    const socket = connect(socketOf('pointer'))
    socket.on('error', () => {})
    socket.pause()
    socket.write('{"op":"open","as":"output"}\n{"op":"write","value":1}\n')
    const flood = setInterval(() => {
      if (socket.writableLength < 1_000_000) socket.write('{"op":"read"}\n'.repeat(2000))
    }, 1)
    try {
      await until('the safe state', () => edges.length === 2, 15_000)
      expect(edges[1]).toMatchObject({ cause: 'release', value: 0 })
      await open('pointer', 'output')
    } finally {
      clearInterval(flood)
      socket.destroy()
    }
  })

  it('is cut off when it watches and never reads', async () => {
    await run('  sound: {kind: sound}')
    const operator = await control()
    const socket = connect(socketOf('sound'))
    socket.on('error', () => {})
    socket.pause()
    socket.write('{"op":"open","as":"input"}\n{"op":"watch"}\n')
    const isHeld = async (): Promise<boolean> => {
      const { devices } = await operator.ask({ op: 'status' })
      return (devices as [{ isHeld: boolean }])[0].isHeld
    }
    while (!(await isHeld())) await delay(2)
    const flips = [1, 0].map((value) => `${JSON.stringify({ op: 'set', device: 'sound', value })}\n`).join('')
    const world = await control()
    for (let count = 1; (await isHeld()) && count <= 100; count++) {
      world.socket.write(flips.repeat(500))
      await until('the world has flipped', () => world.answers.length === count * 1000)
    }
    expect(await isHeld()).toBe(false)
    socket.destroy()
  })

  it('is one of many, and no more than 64 are let in', async () => {
    await run('  pointer: {kind: laser}')
    const first = await open('pointer', 'output')
    const many = await Promise.all(Array.from({ length: 100 }, () => connectTo(socketOf('pointer'))))
    await until('some are turned away', () => many.filter((one) => one.hasEnded).length === 37)
    expect(await first.ask({ op: 'write', value: 1 })).toEqual(ok)
    for (const one of many) one.close()
    await until('all are gone', () => many.every((one) => one.hasEnded))
    expect(await (await connectTo(socketOf('pointer'))).ask({ op: 'open', as: 'output' })).toEqual(
      error('busy'),
    )
  })
})
