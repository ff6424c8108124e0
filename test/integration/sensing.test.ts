// The sensing service against a board that Shoal simulates, asked by libcoap's client as the paper's client asks.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decode } from 'cborg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../until.ts'
import { type SimulatedBoard, startBoard } from './sensing-board.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../services/sensing/main.ts', import.meta.url))

const undo: (() => Promise<unknown>)[] = []
let board: SimulatedBoard
let base = ''
let scratch = ''

beforeAll(async () => {
  board = await startBoard()
  undo.push(() => board.stop())
  const devices = [
    board.grant('climate', 'humidity'),
    board.grant('broken', 'humidity'),
    board.grant('light', 'light'),
    board.grant('flame', 'flame'),
    board.grant('sound', 'sound'),
    board.grant('laser', 'laser'),
    board.grant('alarm', 'active-buzzer'),
    board.grant('melody', 'passive-buzzer'),
  ]
  const child = spawn(process.execPath, [main, '--port', '0'], {
    env: { PATH: process.env.PATH, SHOAL_DEVICES: JSON.stringify(devices) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  undo.push(async () => {
    child.kill('SIGTERM')
    await ended
  })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  await until('the service is up', () => /UDP port \d+/.test(out), 30_000)
  base = `coap://127.0.0.1:${/UDP port (\d+)/.exec(out)?.[1]}`
  scratch = join(tmpdir(), `sensing-answer-${process.pid}`)
  undo.push(() => rm(scratch, { force: true }))
})
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** What libcoap prints: the payload of a success; the code and the diagnostic of an error, on stderr. */
async function coap(method: string, path: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await run('coap-client-notls', ['-m', method, '-B', '10', ...words, base + path])
  return `${stdout}${stderr}`.trim()
}
const put = (path: string, payload: string, format = 'text/plain') =>
  coap('put', path, '-t', format, '-e', payload)
const get = (path: string) => coap('get', path)

describe('libcoap’s client', () => {
  it('finds what there is to sense and to do', async () => {
    const links = await get('/.well-known/core')
    for (const name of ['humidity', 'light', 'flame', 'sound', 'laser', 'active-buzzer', 'passive-buzzer']) {
      expect(links).toContain(`</${name}>;rt="shoal.${name}"`)
    }
    expect(links).toContain('</humidity/broken-1>')
  })

  it('puts each sensor on, reads it, and puts it off', async () => {
    for (const [name, expected] of [
      ['humidity', { bn: 'climate-1/', n: 'humidity', u: '%RH', v: 41 }],
      ['light', { bn: 'light-1/', n: 'illuminance', u: 'lx', v: 310 }],
      ['flame', { bn: 'flame-1/', n: 'flame', vb: false }],
      ['sound', { bn: 'sound-1/', n: 'sound', vb: false }],
    ] as const) {
      expect(await get(`/${name}`)).toMatch(/^4\.09 .* is off: PUT on first$/)
      expect(await put(`/${name}`, 'on')).toBe('')
      const [record] = JSON.parse(await get(`/${name}`))
      expect(record).toMatchObject(expected)
      expect(Math.abs(record.bt - Date.now() / 1000)).toBeLessThan(10)
      expect(await put(`/${name}`, 'off')).toBe('')
      expect(await get(`/${name}`)).toMatch(/^4\.09 /)
    }
  })

  it('reads SenML in CBOR', async () => {
    await put('/humidity', 'on')
    await coap('get', '/humidity', '-A', '112', '-o', scratch)
    const [humidity, temperature] = decode(await readFile(scratch), { useMaps: true })
    expect([humidity.get(0), humidity.get(1), humidity.get(2)]).toEqual(['humidity', '%RH', 41])
    expect([temperature.get(0), temperature.get(1), temperature.get(2)]).toEqual(['temperature', 'Cel', 21])
    await put('/humidity', 'off')
  })

  it('triggers each actuator, once a GET', async () => {
    for (const [name, device, active] of [
      ['laser', 'laser', 1],
      ['active-buzzer', 'alarm', 1],
      ['passive-buzzer', 'melody', 3000],
    ] as const) {
      const tone = name === 'passive-buzzer' ? ',"frequencyHz":3000,"duty":0.5' : ''
      await put(`/${name}`, `{"on":true,"pulseMs":50${tone}}`, 'application/json')
      expect(await board.edges(device)).toEqual([])
      for (const times of [1, 2]) {
        expect(JSON.parse(await get(`/${name}`))[0]).toMatchObject({ n: name, vb: true })
        const expected = Array.from({ length: times }, () => [active, 0]).flat()
        await expect.poll(() => board.edges(device), { timeout: 10_000 }).toEqual(expected)
      }
      await put(`/${name}`, 'off')
    }
  })

  it('holds an actuator that is to be steady, until it is put off', async () => {
    const before = (await board.edges('alarm')).length
    await put('/active-buzzer', '{"on":true,"steady":true}', 'application/json')
    expect((await board.edges('alarm')).slice(before)).toEqual([1])
    await put('/active-buzzer', 'off')
    expect((await board.edges('alarm')).slice(before)).toEqual([1, 0])
  })

  it('observes a flame, at once, and at pmax though it burns on', async () => {
    await put('/flame', 'on')
    const words = ['-o0', 'coap-client-notls', '-s', '8', '-B', '10', '-w', `${base}/flame?pmax=3`]
    const child = spawn('stdbuf', words, { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (text) => {
      out += text
    })
    const ended = once(child, 'close')
    const seen = () =>
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)[0].vb)
    await until('the first', () => seen().length === 1)
    await board.set('flame', 1)
    await until('the flame', () => seen().includes(true))
    await ended
    expect(seen().slice(0, 2)).toEqual([false, true])
    expect(seen().slice(2).length).toBeGreaterThanOrEqual(1)
    expect(new Set(seen().slice(1))).toEqual(new Set([true]))
    await board.set('flame', 0)
    await put('/flame', 'off')
  })

  it('is told why it gets no reading', async () => {
    await put('/humidity/broken-1', 'on')
    expect(await get('/humidity/broken-1')).toBe('5.03 checksum: the checksum of the reading is wrong')
    await put('/light', 'on')
    await board.unplug('light')
    expect(await get('/light')).toMatch(/^5\.03 gone: /)
    await board.replug('light')
    expect(JSON.parse(await get('/light'))[0]).toMatchObject({ u: 'lx', v: 310 })
    await put('/light', 'off')
  })

  it('is told what is wrong with what it says', async () => {
    expect(await put('/laser', 'maybe')).toBe("4.00 byte 0: expected on or off, got 'maybe'")
    expect(await put('/laser', '<on/>', 'application/xml')).toMatch(/^4\.15 /)
    expect(await put('/passive-buzzer', '{"on":true,"frequencyHz":1}', 'application/json')).toBe(
      "4.00 frequencyHz: expected 2000 to 5000 Hz, got '1'",
    )
    await writeFile(scratch, Buffer.alloc(8192, 'o'))
    expect(await coap('put', '/laser', '-f', scratch)).toMatch(/^4\.13/)
  })
})
