// Simulated boards as processes: what is left when one of them, or a client, is killed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AClient } from '../unit/board/a-client.ts'
import { until } from '../until.ts'

const shoal = fileURLToPath(new URL('../../bin/shoal.ts', import.meta.url))
/** Of a process, on a machine that does much else. */
const startMs = 60_000

interface Run {
  readonly process: ChildProcess
  out: string
  err: string
  exit: number | string | undefined
}

let folder = ''
const runs: Run[] = []
const clients: AClient[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-board-'))
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const run of runs.splice(0)) {
    run.process.kill('SIGKILL')
    await until('the end of a process', () => run.exit !== undefined)
  }
  rmSync(folder, { recursive: true })
})

function start(program: readonly string[]): Run {
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] })
  const run: Run = { process: child, out: '', err: '', exit: undefined }
  child.stdout?.on('data', (text) => (run.out += text))
  child.stderr?.on('data', (text) => (run.err += text))
  child.on('close', (code, signal) => (run.exit = code ?? signal ?? 'unknown'))
  runs.push(run)
  return run
}

function script(text: string, name = 'board.yaml'): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function board(text: string, ...words: readonly string[]): Promise<Run> {
  const run = start([shoal, 'board', 'run', script(text), '--folder', folder, ...words])
  await until('the board is up', () => run.out.includes('\n') || run.exit !== undefined, startMs)
  return run
}

function ask(...words: readonly string[]): {
  readonly out: string
  readonly err: string
  readonly exit: number | null
} {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [shoal, 'board', ...words, '--folder', folder],
    { encoding: 'utf8', timeout: startMs },
  )
  return { out: stdout, err: stderr, exit: status }
}

async function connectTo(device: string): Promise<AClient> {
  const client = await AClient.to(join(folder, 'b', device, 'socket'))
  clients.push(client)
  return client
}

const aLaser = 'board: b\ndevices:\n  pointer: {kind: laser}\n'

describe('a board that is stopped or killed', () => {
  it('takes its folders with it at SIGTERM, lets the actuators fall to off, and ends with 0', async () => {
    const record = join(folder, 'edges.ndjson')
    const run = await board(aLaser, '--record', record)
    const client = await connectTo('pointer')
    await client.ask({ op: 'open', as: 'output' })
    await client.ask({ op: 'write', value: 1 })
    run.process.kill('SIGTERM')
    await until('its end', () => run.exit !== undefined, startMs)
    expect([run.exit, run.err]).toEqual([0, ''])
    expect(existsSync(join(folder, 'b'))).toBe(false)
    const edges = readFileSync(record, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(edges).toMatchObject([
      { number: 1, device: 'pointer', cause: 'write', value: 1 },
      { number: 2, device: 'pointer', cause: 'release', value: 0 },
    ])
    expect(run.out.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(/^\d+\.\d{3} s {2}pointer {2}on {2}\(write\)$/),
      expect.stringMatching(/^\d+\.\d{3} s {2}pointer {2}off {2}\(release\)$/),
    ])
  })

  it('leaves sockets behind when it is killed, which the next of its name takes over in the same folders', async () => {
    const first = await board(`${aLaser}  flame: {kind: flame}\n  alarm: {kind: active-buzzer}\n`)
    const inode = statSync(join(folder, 'b', 'pointer')).ino
    first.process.kill('SIGKILL')
    await until('its end', () => first.exit !== undefined)
    expect(readdirSync(join(folder, 'b')).sort()).toEqual(['alarm', 'control', 'flame', 'pointer'])
    expect(ask('status', 'b')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('error[BOARD_UNKNOWN]: ask, the board b'),
    })
    const second = await board(`${aLaser}  flame: {kind: flame, unplugged: [{from: 0}]}\n`)
    expect(second.out).toBe(`the board b runs in ${join(folder, 'b')}: pointer, flame\n`)
    expect(readdirSync(join(folder, 'b')).sort()).toEqual(['control', 'flame', 'pointer'])
    expect(readdirSync(join(folder, 'b', 'flame'))).toEqual([])
    expect(statSync(join(folder, 'b', 'pointer')).ino).toBe(inode)
    const client = await connectTo('pointer')
    expect(await client.ask({ op: 'open', as: 'output' })).toEqual({ ok: true, kind: 'laser' })
  })

  it('is the only one of its name, also of several that start at once over a killed one', async () => {
    const first = await board(aLaser)
    first.process.kill('SIGKILL')
    await until('its end', () => first.exit !== undefined)
    const file = script(aLaser)
    const rivals = Array.from({ length: 4 }, () => start([shoal, 'board', 'run', file, '--folder', folder]))
    await until(
      'three have ended',
      () => rivals.filter(({ exit }) => exit !== undefined).length === 3,
      startMs,
    )
    for (const { err, exit } of rivals.filter((rival) => rival.exit !== undefined)) {
      expect(err).toMatch(/^error\[BOARD_RUNS\]: run, the board b/)
      expect(exit).toBe(1)
    }
    const winner = rivals.find(({ exit }) => exit === undefined)
    await until('the winner is up', () => winner?.out.includes('runs in') === true, startMs)
    expect(await (await connectTo('pointer')).ask({ op: 'open', as: 'output' })).toMatchObject({ ok: true })
    winner?.process.kill('SIGTERM')
    await until('its end', () => winner?.exit !== undefined)
    expect(existsSync(join(folder, 'b'))).toBe(false)
  })
})

describe('a client that is killed', () => {
  it('lets go of its line at once: the laser falls to off, and the next one may have it', async () => {
    const run = await board(aLaser, '--json')
    const holder = start([
      '-e',
      `const socket = require('node:net').connect(${JSON.stringify(join(folder, 'b', 'pointer', 'socket'))})
       socket.write('{"op":"open","as":"output"}\\n{"op":"write","value":1}\\n')
       setInterval(() => {}, 1000)`,
    ])
    await until('the laser is on', () => run.out.includes('"value":1'), startMs)
    const client = await connectTo('pointer')
    expect(await client.ask({ op: 'open', as: 'output' })).toMatchObject({ ok: false, error: 'busy' })
    const killedMs = Date.now()
    holder.process.kill('SIGKILL')
    await until('the laser is off', () => run.out.includes('"release"'))
    const [head, , release] = run.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(head).toEqual({
      board: 'b',
      folder: join(folder, 'b'),
      devices: [{ name: 'pointer', kind: 'laser' }],
    })
    expect(release).toMatchObject({ device: 'pointer', value: 0 })
    expect(release.atMs - killedMs).toBeLessThan(1000)
    expect(await client.ask({ op: 'open', as: 'output' })).toMatchObject({ ok: true })
  })
})

describe('shoal board', () => {
  it('shows, sets, unplugs and replugs what runs', async () => {
    await board(`${aLaser}  flame: {kind: flame}\n  climate: {kind: humidity, humidity: 41}\n`)
    const flame = await connectTo('flame')
    await flame.ask({ op: 'open', as: 'input' })
    await flame.ask({ op: 'watch' })
    const pointer = await connectTo('pointer')
    await pointer.ask({ op: 'open', as: 'output' })
    await pointer.ask({ op: 'write', value: 1 })

    expect(ask('set', 'b', 'flame', '1')).toEqual({ out: '', err: '', exit: 0 })
    await until('the edge', () => flame.events.length === 1)
    expect(ask('set', 'b', 'climate', '30', '--reading', 'temperature').exit).toBe(0)
    expect(ask('unplug', 'b', 'pointer').exit).toBe(0)
    expect(existsSync(join(folder, 'b', 'pointer', 'socket'))).toBe(false)
    const lines = ask('status', 'b').out.split('\n')
    expect(lines[0]).toMatch(/^b, \d+\.\d simulated seconds after its start, at 12:00:\d\d, speed 1$/)
    expect(lines.slice(1, 5).map((line) => line.split(/ {2,}/))).toEqual([
      ['DEVICE', 'KIND', 'PLUGGED', 'HELD', 'AT', 'SET'],
      ['pointer', 'laser', 'no', 'no', 'off'],
      ['flame', 'flame', 'yes', 'yes', '1', '1'],
      ['climate', 'humidity', 'yes', 'no', 'humidity 41 %RH, temperature 30 Cel', 'temperature 30'],
    ])
    expect(ask('replug', 'b', 'pointer').exit).toBe(0)
    expect(ask('set', 'b', 'flame', 'script').exit).toBe(0)
    await until('the flame is out', () => flame.events.length === 2)
    expect(JSON.parse(ask('record', 'b', '--json').out).edges).toMatchObject([
      { value: 1 },
      { cause: 'release' },
    ])
    expect(ask('record', 'b').out).toMatch(
      /^NUMBER +TIME +SECOND +DEVICE +IS +CAUSE\n +1 .* pointer +on +write\n/,
    )
  })

  it('says what is wrong with a script, a name, a value, a file', async () => {
    const run = await board('board: b\ndevices:\n  d: {kind: lasser}\n')
    await until('its end', () => run.exit !== undefined, startMs)
    expect(run).toMatchObject({ exit: 1, out: '' })
    expect(run.err).toContain(
      'error[BOARD_INVALID]: read, the script of a board, ' +
        `${join(folder, 'board.yaml')}: one problem; nothing was started\n` +
        '  devices.d.kind: unknown kind "lasser"; did you mean "laser"? (line 3)',
    )
    expect(ask('run', join(folder, 'none.yaml')).err).toMatch(/^error\[FILE_UNREADABLE\]/)
    expect(ask('run', script(aLaser), '--record', join(folder, 'no', 'file')).err).toMatch(
      /^error\[FILE_UNWRITABLE\]/,
    )
    expect(ask('status', '../b').err).toMatch(/^error\[BOARD_UNKNOWN\].*no board can be called that/)
    expect(ask('status', 'nobody').err).toMatch(/^error\[BOARD_UNKNOWN\].*there is none/)
    expect(ask('set', 'b', 'flame', 'hot')).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/^error\[USAGE\]/),
    })
  })
})
