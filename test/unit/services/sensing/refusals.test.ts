import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Code, formatCode } from '../../../../src/coap/codes.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { OptionNumber } from '../../../../src/coap/options.ts'
import { until } from '../../../until.ts'
import { type SensingService, startSensing } from './sensing-service.ts'
import { type SmallBoard, startSmallBoard } from './small-board.ts'

const { Json, Cbor, SenmlCbor, Xml } = ContentFormat

let service: SensingService
let boards: readonly SmallBoard[]
const simulated = (id: string, capability: string, board: SmallBoard | undefined) =>
  ({ id, capability, driver: 'simulated', socket: board?.socket ?? '' }) as const

beforeEach(async () => {
  boards = await Promise.all(
    ['humidity', 'humidity', 'passive-buzzer', 'sound', 'light'].map(startSmallBoard),
  )
  for (const [index, board] of boards.entries()) {
    if (index < 2) board.readings = [{ name: 'humidity', unit: '%RH', value: 40 + index }]
  }
  service = await startSensing([
    simulated('kitchen', 'humidity', boards[0]),
    simulated('cellar 2', 'humidity', boards[1]),
    simulated('tone-1', 'passive-buzzer', boards[2]),
    simulated('sound-1', 'sound', boards[3]),
    simulated('light-1', 'light', boards[4]),
  ])
})
afterEach(async () => {
  await service.stop()
  await Promise.all(boards.map((board) => board.stop()))
  expect(service.failures).toEqual([])
})

describe('several devices of one capability', () => {
  it('have a resource each, the first also the short one', async () => {
    const links = (await service.get('/.well-known/core')).text
    for (const path of ['/humidity', '/humidity/kitchen', '/humidity/cellar%202'])
      expect(links).toContain(`<${path}>;`)
    expect(links).not.toContain('</light/')
    await service.put('/humidity/cellar%202', 'on')
    expect(JSON.parse((await service.get('/humidity/cellar%202')).text)[0]).toMatchObject({
      bn: 'cellar_2/',
      v: 41,
    })
    expect((await service.get('/humidity')).code).toBe('4.09')
    await service.put('/humidity', 'on')
    expect(JSON.parse((await service.get('/humidity/kitchen')).text)[0]).toMatchObject({
      bn: 'kitchen/',
      v: 40,
    })
  })
})

describe('what is not accepted', () => {
  it.each([
    ['rubbish', 'offon', 0, '4.00', "byte 0: expected on or off, got 'offon'"],
    [
      'an unknown frequency',
      '{"on":true,"frequencyHz":440}',
      Json,
      '4.00',
      "frequencyHz: expected 2000 to 5000 Hz, got '440'",
    ],
    ['JSON sent as CBOR', '{"on":true}', Cbor, '4.00', /^byte \d+: not CBOR: /],
    ['another content format', '<on/>', Xml, '4.15', 'content-format 41 is not among 0, 50, 60, 110, 112'],
    ['nothing', '', SenmlCbor, '4.00', 'byte 0: expected on or off, got nothing'],
  ])('is %s', async (_, payload, contentFormat, code, diagnostic) => {
    const answer = await service.put('/passive-buzzer', payload, { contentFormat })
    expect([answer.code, answer.contentFormat]).toEqual([code, undefined])
    expect(answer.text).toMatch(diagnostic)
    expect((await service.get('/passive-buzzer')).code).toBe('4.09')
  })

  it('is another method, path or query', async () => {
    for (const method of [Code.Post, Code.Delete]) {
      expect(formatCode((await service.client.request(`${service.base}/light`, { method })).code)).toBe(
        '4.05',
      )
    }
    expect((await service.get('/lihgt')).code).toBe('4.04')
    await service.put('/light', 'on')
    expect(await service.get('/light?pmin=fast')).toMatchObject({
      code: '4.00',
      text: "query 1, 'pmin=fast': expected seconds above 0, 86400 at most",
    })
  })

  it('comes back later where the device may be better then', async () => {
    const [kitchen] = boards
    if (kitchen === undefined) throw new Error('no board')
    await service.put('/humidity', 'on')
    kitchen.failure = { error: 'checksum', text: 'bytes do not add up' }
    const { code, text, options } = await service.get('/humidity')
    expect([code, text]).toEqual(['5.03', 'checksum: bytes do not add up'])
    expect(options.find(({ number }) => number === OptionNumber.MaxAge)?.value).toEqual(Buffer.from([5]))
  })
})

describe('an observer', () => {
  const values = (seen: readonly { readonly text: string }[]) =>
    seen.map(({ text }) => JSON.parse(text)[0]).map(({ v, vb }) => v ?? vb)

  it('is refused what is off, and a query that is none', async () => {
    const off = service.observe('/light')
    expect(await off.ended).toBe('ended')
    expect(off.seen.map(({ code }) => code)).toEqual(['4.09'])
    await service.put('/light', 'on')
    const bad = service.observe('/light?pmax=0')
    await bad.ended
    expect(bad.seen.map(({ code }) => code)).toEqual(['4.00'])
  })

  it('is told at pmax though nothing changes', async () => {
    const light = boards[4]
    if (light === undefined) throw new Error('no board')
    light.readings = [{ name: 'illuminance', unit: 'lx', value: 310 }]
    await service.put('/light', 'on')
    const { seen, stop } = service.observe('/light?pmax=0.1')
    await until('four times', () => seen.length === 4)
    expect(values(seen)).toEqual([310, 310, 310, 310])
    stop()
  })

  it('is told of what changed since the last sample', async () => {
    const light = boards[4]
    if (light === undefined) throw new Error('no board')
    light.readings = [{ name: 'illuminance', unit: 'lx', value: 310 }]
    await service.put('/light', 'on')
    const { seen, stop } = service.observe('/light')
    await until('the first', () => seen.length === 1)
    light.readings = [{ name: 'illuminance', unit: 'lx', value: 7 }]
    await until('the second', () => seen.length === 2)
    expect(values(seen)).toEqual([310, 7])
    stop()
  })

  it('of a sound hears a clap that was over at once, and the silence after it', async () => {
    const sound = boards[3]
    if (sound === undefined) throw new Error('no board')
    await service.put('/sound', 'on')
    const { seen, stop } = service.observe('/sound')
    await until('the first', () => seen.length === 1)
    sound.setLevel(1)
    sound.setLevel(0)
    await until('the clap, and silence', () => seen.length === 3)
    expect(values(seen)).toEqual([false, true, false])
    stop()
  })

  it('is told in the words of a failure when the device is gone, and no more', async () => {
    await service.put('/sound', 'on')
    const { seen, ended } = service.observe('/sound')
    await until('the first', () => seen.length === 1)
    await boards[3]?.unplug()
    expect(await ended).toBe('ended')
    expect(seen.at(-1)?.code).toBe('5.03')
  })

  it('keeps the last reading, with its own time, over one that failed', async () => {
    const kitchen = boards[0]
    if (kitchen === undefined) throw new Error('no board')
    await service.put('/humidity', 'on')
    const { seen, stop } = service.observe('/humidity?pmax=2.1')
    await until('the first', () => seen.length === 1)
    kitchen.failure = { error: 'checksum', text: 'bytes do not add up' }
    expect((await service.get('/humidity')).code).toBe('5.03')
    await until('the next', () => seen.length === 2)
    expect(seen[1]?.code).toBe('2.05')
    expect(JSON.parse(seen[1]?.text ?? '')).toEqual(JSON.parse(seen[0]?.text ?? ''))
    stop()
  })
})
