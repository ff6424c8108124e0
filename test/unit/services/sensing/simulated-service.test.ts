import { decode } from 'cborg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { until } from '../../../until.ts'
import { type SensingService, startSensing } from './sensing-service.ts'
import { type SmallBoard, startSmallBoard } from './small-board.ts'

const { Json, SenmlJson, SenmlCbor, Xml } = ContentFormat

let boards: SmallBoard[]
let humidity: SmallBoard
let flame: SmallBoard
let laser: SmallBoard
let tone: SmallBoard
let service: SensingService

beforeEach(async () => {
  boards = await Promise.all(['humidity', 'flame', 'laser', 'passive-buzzer'].map(startSmallBoard))
  ;[humidity, flame, laser, tone] = boards as [SmallBoard, SmallBoard, SmallBoard, SmallBoard]
  humidity.readings = [
    { name: 'humidity', unit: '%RH', value: 41 },
    { name: 'temperature', unit: 'Cel', value: 21.5 },
  ]
  const granted = (id: string, capability: string, { socket }: SmallBoard) =>
    ({ id, capability, driver: 'simulated', socket }) as const
  service = await startSensing([
    granted('dht11-kitchen', 'humidity', humidity),
    granted('flame-1', 'flame', flame),
    granted('laser-1', 'laser', laser),
    granted('tone-1', 'passive-buzzer', tone),
  ])
})
afterEach(async () => {
  await service.stop()
  await Promise.all(boards.map((board) => board.stop()))
  expect(service.failures).toEqual([])
})

describe('a sensor', () => {
  it('is put on, read, and put off', async () => {
    expect(await service.get('/humidity')).toMatchObject({
      code: '4.09',
      text: 'dht11-kitchen is off: PUT on first',
    })
    expect((await service.put('/humidity', 'on')).code).toBe('2.04')
    expect(humidity.isHeld()).toBe(true)
    const before = Date.now() / 1000
    const { code, contentFormat, text } = await service.get('/humidity')
    expect([code, contentFormat]).toEqual(['2.05', SenmlJson])
    const [first, second, ...more] = JSON.parse(text)
    expect(first).toEqual({ bn: 'dht11-kitchen/', bt: first.bt, n: 'humidity', u: '%RH', v: 41 })
    expect(second).toEqual({ n: 'temperature', u: 'Cel', v: 21.5 })
    expect(more).toEqual([])
    expect(first.bt).toBeGreaterThanOrEqual(before)
    expect(first.bt).toBeLessThanOrEqual(Date.now() / 1000)
    expect((await service.put('/humidity', 'off')).code).toBe('2.04')
    expect(humidity.isHeld()).toBe(false)
    expect((await service.get('/humidity')).code).toBe('4.09')
  })

  it('gives SenML in CBOR to whoever accepts it', async () => {
    await service.put('/humidity', 'on')
    const { contentFormat, payload } = await service.get('/humidity', { accept: SenmlCbor })
    expect(contentFormat).toBe(SenmlCbor)
    const [first, second] = decode(payload, { useMaps: true })
    expect([...first.keys()].sort((a, b) => a - b)).toEqual([-3, -2, 0, 1, 2])
    expect([first.get(-2), first.get(0), first.get(1), first.get(2)]).toEqual([
      'dht11-kitchen/',
      'humidity',
      '%RH',
      41,
    ])
    expect(second).toEqual(
      new Map<number, unknown>([
        [0, 'temperature'],
        [1, 'Cel'],
        [2, 21.5],
      ]),
    )
    expect((await service.get('/humidity', { accept: Xml })).code).toBe('4.06')
  })

  it.each([
    ['checksum', '5.03', 'checksum: bad checksum'],
    ['timeout', '5.04', 'timeout: bad timeout'],
    ['stuck', '5.03', 'stuck: bad stuck'],
  ])('that fails with %s is answered %s, and reads again when it can', async (error, code, text) => {
    await service.put('/humidity', 'on')
    humidity.failure = { error, text: `bad ${error}` }
    expect(await service.get('/humidity')).toMatchObject({ code, text })
    humidity.failure = undefined
    expect((await service.get('/humidity')).code).toBe('2.05')
  })

  it('held by somebody else is refused with the reason', async () => {
    const other = await startSensing([
      { id: 'mine', capability: 'humidity', driver: 'simulated', socket: humidity.socket },
    ])
    try {
      expect((await other.put('/humidity', 'on')).code).toBe('2.04')
      expect(await service.put('/humidity', 'on')).toMatchObject({
        code: '5.03',
        text: 'busy: humidity is held by another connection',
      })
      await other.put('/humidity', 'off')
      expect((await service.put('/humidity', 'on')).code).toBe('2.04')
    } finally {
      await other.stop()
    }
  })

  it('that is unplugged is refused with the reason, and read again when it is back', async () => {
    await service.put('/humidity', 'on')
    await humidity.unplug()
    expect(await service.get('/humidity')).toMatchObject({
      code: '5.03',
      text: expect.stringMatching(/^gone: /),
    })
    await humidity.replug()
    expect((await service.get('/humidity')).code).toBe('2.05')
    expect(service.log.join()).toContain('dht11-kitchen: lost: the simulated board took the device away')
  })

  it('of a digital line tells of an edge at once', async () => {
    await service.put('/flame', 'on')
    const { seen, stop } = service.observe('/flame')
    await until('the first', () => seen.length === 1)
    flame.setLevel(1)
    await until('the flame', () => seen.length === 2)
    flame.setLevel(0)
    await until('no flame', () => seen.length === 3)
    expect(seen.map(({ text }) => JSON.parse(text)[0]).map(({ bn, n, vb }) => [bn, n, vb])).toEqual([
      ['flame-1/', 'flame', false],
      ['flame-1/', 'flame', true],
      ['flame-1/', 'flame', false],
    ])
    stop()
  })
})

describe('an actuator', () => {
  it('rests when it is put on, and is active for a moment when it is triggered', async () => {
    expect((await service.get('/laser')).code).toBe('4.09')
    await service.put('/laser', '{"on": true, "pulseMs": 60}', { contentFormat: Json })
    expect(laser.edges).toEqual([])
    const { code, text } = await service.get('/laser')
    expect([code, JSON.parse(text)[0]]).toEqual([
      '2.05',
      expect.objectContaining({ bn: 'laser-1/', n: 'laser', vb: true }),
    ])
    expect(laser.edges).toEqual([1])
    await until('it rests', () => laser.edges.length === 2)
    expect(laser.edges).toEqual([1, 0])
  })

  it('goes to rest when it is put off', async () => {
    await service.put('/laser', '{"on": true, "steady": true}', { contentFormat: Json })
    expect(laser.edges).toEqual([1])
    await service.put('/laser', 'off')
    expect(laser.edges).toEqual([1, 0])
    expect(laser.isHeld()).toBe(false)
  })

  it('is not triggered by being observed', async () => {
    await service.put('/laser', '{"on": true, "pulseMs": 60}', { contentFormat: Json })
    const { seen, ended } = service.observe('/laser')
    await until('the first', () => seen.length === 1)
    expect(laser.edges).toEqual([])
    await service.get('/laser')
    await until('rest', () => seen.length === 3)
    expect(seen.map(({ text }) => JSON.parse(text)[0].vb)).toEqual([false, true, false])
    await service.put('/laser', 'off')
    expect(await ended).toBe('ended')
  })

  it('sounds as it is told', async () => {
    const setting = '{"on":true,"frequencyHz":3000,"duty":0.25,"pulseMs":60}'
    expect((await service.put('/passive-buzzer', setting, { contentFormat: Json })).code).toBe('2.04')
    const records = JSON.parse((await service.get('/passive-buzzer')).text)
    expect(records.map(({ n, u, v, vb }: Record<string, unknown>) => [n, u, v ?? vb])).toEqual([
      ['passive-buzzer', undefined, true],
      ['frequency', 'Hz', 3000],
      ['duty', '/', 0.25],
    ])
    await until('silence', () => tone.edges.length === 2)
    expect(tone.edges).toEqual([3000, 0])
  })
})
