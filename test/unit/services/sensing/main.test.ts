import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { CoapClient } from '../../../../src/coap/client.ts'
import { Code, formatCode } from '../../../../src/coap/codes.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { until } from '../../../until.ts'
import { type SmallBoard, startSmallBoard } from './small-board.ts'

const main = fileURLToPath(new URL('../../../../services/sensing/main.ts', import.meta.url))
const stopBoundMs = 300

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function aLaser(): Promise<{ readonly board: SmallBoard; readonly devices: string }> {
  const board = await startSmallBoard('laser')
  undo.push(() => board.stop())
  const devices = [{ id: 'laser-1', capability: 'laser', driver: 'simulated', socket: board.socket }]
  return { board, devices: JSON.stringify(devices) }
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { out: '', err: '' }
  child.stdout?.on('data', (text) => {
    output.out += text
  })
  child.stderr?.on('data', (text) => {
    output.err += text
  })
  const ended = once(child, 'close').then(([exitCode]) => exitCode as number | null)
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const client = new CoapClient()
  undo.push(() => client.stop())
  const port = async (): Promise<number> => {
    await until('the service says its port', () => /UDP port/.test(output.out) || child.exitCode !== null)
    return Number(/UDP port (\d+)/.exec(output.out)?.[1])
  }
  return {
    output,
    ended,
    port,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    request: async (path: string, payload?: string, contentFormat: number = ContentFormat.TextPlain) => {
      const uri = `coap://127.0.0.1:${await port()}${path}`
      const put = payload === undefined ? {} : { method: Code.Put, payload, contentFormat }
      const response = await client.request(uri, put)
      return { code: formatCode(response.code), text: response.text() }
    },
  }
}

const steady = ['/laser', '{"on":true,"steady":true}', ContentFormat.Json] as const

describe('the sensing service as a process', () => {
  it('without a device has nothing to sense, and says so', async () => {
    const service = start(['--port', '0'])
    expect(await service.request('/.well-known/core')).toEqual({ code: '2.05', text: '' })
    expect(await service.request('/laser', 'on')).toMatchObject({ code: '4.04' })
    expect(service.output.out).toContain('sensing: there is nothing to sense: SHOAL_DEVICES names no device')
  })

  it('gives what is granted, and no more', async () => {
    const { devices } = await aLaser()
    const others = [
      { id: 'cam', capability: 'camera', driver: 'camera', path: '/dev/video0' },
      {
        id: 'dht',
        capability: 'humidity',
        driver: 'gpio',
        chip: '/dev/gpiochip0',
        line: 4,
        activeLow: false,
      },
    ]
    const all = JSON.stringify([...JSON.parse(devices), ...others])
    const service = start([], { SHOAL_COAP_PORT: '0', SHOAL_DEVICES: all })
    const { text } = await service.request('/.well-known/core')
    expect(text).toContain(
      '</laser>;rt="shoal.laser";if="core.a";ct="110 112";title="Laser emitter (laser-1)";obs',
    )
    expect(text).not.toContain('camera')
    expect(service.output.out).toContain('cam: camera is nothing that this service senses or does')
    expect(await service.request('/humidity', 'on')).toEqual({
      code: '5.01',
      text: 'unsupported: dht: the driver gpio gives no humidity',
    })
  })

  it.each([
    [['--port', '70000'], {}, '--port must be a port, 0 to 65535, got "70000"'],
    [[], { SHOAL_DEVICES: '{"id": 1}', SHOAL_COAP_PORT: '0' }, 'SHOAL_DEVICES is no list of granted devices'],
    [['--prot', '1'], {}, "Unknown option '--prot'"],
  ])('calls %j %j wrong usage', async (args, env, reason) => {
    const service = start(args, env)
    expect(await service.ended).toBe(2)
    expect(service.output.err).toContain(`error[USAGE]: start, sensing: ${reason}`)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'puts its actuators to rest at %s, and ends within its bound',
    async (signal) => {
      const times: number[] = []
      // The fastest of three: the machine may be busy, the service may not.
      for (let run = 0; run < 3; run++) {
        const { board, devices } = await aLaser()
        const service = start(['--port', '0'], { SHOAL_DEVICES: devices })
        expect((await service.request(...steady)).code).toBe('2.04')
        expect(board.edges).toEqual([1])
        const sentAt = performance.now()
        service.kill(signal)
        expect(await service.ended).toBe(0)
        times.push(performance.now() - sentAt)
        expect(board.edges).toEqual([1, 0])
      }
      expect(Math.min(...times)).toBeLessThan(stopBoundMs)
    },
  )

  it('loses its devices, at rest, when it is killed', async () => {
    const { board, devices } = await aLaser()
    const service = start(['--port', '0'], { SHOAL_DEVICES: devices })
    await service.request(...steady)
    service.kill('SIGKILL')
    await service.ended
    await until('the laser rests', () => board.edges.length === 2)
    expect([board.edges, board.isHeld()]).toEqual([[1, 0], false])
  })

  it('answers after thousands of random datagrams and payloads', async () => {
    const { devices } = await aLaser()
    const service = start(['--port', '0'], { SHOAL_DEVICES: devices })
    const port = await service.port()
    const socket = createSocket('udp4')
    undo.push(async () => socket.close())
    const send = (datagram: Uint8Array) =>
      new Promise<void>((resolve) => socket.send(datagram, port, '127.0.0.1', () => resolve()))
    /** A confirmable PUT /laser with a content-format and a random body. */
    const put = (id: number, contentFormat: number, body: Uint8Array) => {
      const head = Buffer.from([
        0x40,
        Code.Put,
        id >> 8,
        id & 0xff,
        0xb5,
        ...Buffer.from('laser'),
        0x11,
        contentFormat,
      ])
      return Buffer.concat([head, Buffer.from([0xff]), body])
    }
    for (let sent = 0; sent < 2000; sent++) await send(randomBytes(sent % 64))
    for (let sent = 0; sent < 2000; sent++) {
      const format = [0, 50, 60, 110, 112][sent % 5] ?? 0
      await send(put(sent, format, randomBytes(1 + (sent % 40))))
    }
    await service.request('/laser', 'off')
    expect(await service.request('/laser')).toEqual({ code: '4.09', text: 'laser-1 is off: PUT on first' })
    expect(service.output.err).toBe('')
  })
})
