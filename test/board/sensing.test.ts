// The sensing service on real lines of a GPIO chip: those of an emulated ARM64 board's own kernel.
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineNumber } from '../../lab/board/lines.ts'
import type { Edge, Qtest } from '../../lab/board/qtest.ts'
import type { Lab } from '../../lab/lab.ts'
import { bundleService } from '../../src/image/bundle.ts'
import type { GrantedDevice } from '../../src/model/devices/granted-device.ts'
import { until } from '../until.ts'
import { must, openBoardLab } from './board-lab.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Without KVM nothing on a board is fast. */
const patienceMs = 60_000
const chip = '/dev/gpiochip0'
const port = 5699
const gpio = (id: string, capability: string, line: number, activeLow = false): GrantedDevice => ({
  id,
  capability,
  driver: 'gpio',
  chip,
  line,
  activeLow,
})
const devices = [
  gpio('laser-1', 'laser', lineNumber('laser')),
  gpio('alarm-1', 'active-buzzer', lineNumber('active-buzzer')),
  gpio('flame-1', 'flame', lineNumber('flame')),
  gpio('sound-1', 'sound', lineNumber('sound'), true),
]

describe('the sensing service on a board', () => {
  let lab: Lab
  let lines: Qtest
  const edges: Edge[] = []
  const levels = (name: Parameters<typeof lineNumber>[0]) =>
    edges.filter(({ line }) => line === lineNumber(name)).map(({ level }) => level)

  /** @returns what ends it by a signal, when it has ended */
  async function startService(): Promise<(signal: 'TERM' | 'KILL') => Promise<void>> {
    // Compiled code of V8 and an emulator of several processors do not always agree.
    const program = `exec ${root}node_modules/.bin/node --jitless /tmp/sensing.cjs`
    const script = `echo $$ > /tmp/sensing.pid; export SHOAL_COAP_PORT=${port} SHOAL_DEVICES='${JSON.stringify(devices)}'; ${program}`
    const child = lab.host('board').spawn(['sh', '-c', script])
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (out += text))
    const ended = once(child, 'close')
    await until('the service is up', () => /UDP port/.test(out) || child.exitCode !== null, patienceMs)
    if (!/UDP port/.test(out)) throw new Error(`the service does not start: ${out}`)
    return async (signal) => {
      await shell(`kill -${signal} $(cat /tmp/sensing.pid)`)
      await ended
    }
  }
  const shell = async (script: string) => {
    const { stdout, stderr } = await lab.host('board').exec(['sh', '-c', script], { timeoutMs: patienceMs })
    return `${stdout}${stderr}`.trim()
  }
  const coap = async (...words: string[]) => {
    const uri = `coap://board:${port}${words.at(-1)}`
    const argv = ['coap-client-notls', '-B', '30', ...words.slice(0, -1), uri]
    const { stdout, stderr } = await lab.host('manager').exec(argv, { timeoutMs: patienceMs })
    return `${stdout}${stderr}`.trim()
  }
  const put = (path: string, payload: string) =>
    coap('-m', 'put', '-t', payload.startsWith('{') ? 'application/json' : 'text/plain', '-e', payload, path)
  const get = (path: string) => coap('-m', 'get', path)
  const value = async (path: string) => JSON.parse(await get(path))[0].vb
  const untilValue = (path: string, wanted: boolean) =>
    expect.poll(() => value(path), { timeout: patienceMs, interval: 200 }).toBe(wanted)

  let end: (signal: 'TERM' | 'KILL') => Promise<void>
  beforeAll(async () => {
    lab = await openBoardLab()
    const bundle = await bundleService(join(root, 'services/sensing/main.ts'), root)
    await lab
      .host('board')
      .exec(['sh', '-c', 'cat > /tmp/sensing.cjs'], { input: bundle, timeoutMs: patienceMs })
    await must(lab.host('board'), ['sh', '-c', 'while [ ! -e /run/devices-found ]; do sleep 1; done'])
    lines = await lab.host('board').openLines()
    lines.onEdge((edge) => edges.push(edge))
    end = await startService()
  })
  afterAll(async () => {
    await end?.('KILL').catch(() => {})
    lines?.close()
  })

  it('drives a laser: at rest, for a pulse, at rest', async () => {
    expect(await put('/laser', '{"on":true,"pulseMs":400}')).toBe('')
    expect([await lines.isOutput(0), await lines.level(0)]).toEqual([true, 0])
    expect(await value('/laser')).toBe(true)
    await until('it rests', () => levels('laser').length >= 2, patienceMs)
    expect(levels('laser')).toEqual([1, 0])
    expect(await shell(`gpioget ${chip} 0`)).toContain('busy')
    await put('/laser', 'off')
    expect(await shell(`gpioget ${chip} 0`)).toBe('0')
  })

  it('sees a flame, and a sound of a module that is active low', async () => {
    await lines.drive(lineNumber('flame'), 0)
    await lines.drive(lineNumber('sound'), 1)
    for (const path of ['/flame', '/sound']) expect(await put(path, 'on')).toBe('')
    expect([await value('/flame'), await value('/sound')]).toEqual([false, false])
    await lines.drive(lineNumber('flame'), 1)
    await lines.drive(lineNumber('sound'), 0)
    await untilValue('/flame', true)
    await untilValue('/sound', true)
    await lines.drive(lineNumber('flame'), 0)
    await lines.drive(lineNumber('sound'), 1)
    await untilValue('/flame', false)
    await untilValue('/sound', false)
  })

  it('leaves a steady laser at rest at SIGTERM, and gives every line back when it is killed', async () => {
    edges.length = 0
    await put('/laser', '{"on":true,"steady":true}')
    await until('it is active', () => levels('laser').length === 1, patienceMs)
    await end('TERM')
    await until('it rests', () => levels('laser').length === 2, patienceMs)
    end = await startService()
    await put('/laser', '{"on":true,"steady":true}')
    await put('/flame', 'on')
    await end('KILL')
    const free = `for i in 1 2 3 4 5; do gpioget ${chip} 2 && gpioset --mode=exit ${chip} 0=0 && echo free && exit; sleep 1; done`
    expect(await shell(free)).toMatch(/free$/)
    expect(await shell('pgrep gpio || echo none')).toBe('none')
  })
})
