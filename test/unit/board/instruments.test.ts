import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Edge, EdgeLog, mostEdges } from '../../../src/board/edge.ts'
import { failureOf, readingsAt, Sensor } from '../../../src/board/instruments/sensor.ts'
import type { FailureWindow, Quantity } from '../../../src/board/script/board-script.ts'
import { parseScript } from '../../../src/board/script/parse-script.ts'

const steady = (value: number, more: Partial<Quantity> = {}): Quantity => ({
  name: 'humidity',
  unit: '%RH',
  curve: { shape: 'steady', value, driftPerHour: 0, wander: 0, wanderOverS: 600 },
  noise: 0,
  resolution: 1,
  min: 20,
  max: 90,
  ...more,
})
const aSensor = (quantity: Quantity, sampleS = 1) => ({
  name: 'climate',
  seed: 7,
  quantities: [quantity],
  sampleS,
})
const valueAt = (quantity: Quantity, atS: number, sampleS = 1): number =>
  readingsAt(aSensor(quantity, sampleS), atS)[0]?.value ?? Number.NaN

describe('a reading', () => {
  it('is a multiple of the resolution within the range of the sensor', () => {
    const value = fc.double({ min: -50, max: 150, noNaN: true })
    fc.assert(
      fc.property(
        value,
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.constantFrom(1, 0.1, 0.5),
        (real, atS, resolution) => {
          const read = valueAt(steady(real, { resolution, noise: 2 }), atS)
          expect(read).toBeGreaterThanOrEqual(20)
          expect(read).toBeLessThanOrEqual(90)
          expect(Math.abs(read / resolution - Math.round(read / resolution))).toBeLessThan(1e-9)
        },
      ),
    )
  })

  it('is written as a person would: 0.3, not 0.30000000000000004', () => {
    expect(valueAt(steady(20.31, { resolution: 0.1 }), 0)).toBe(20.3)
  })

  it('stays the same until the sensor measures anew', () => {
    const noisy = steady(50, { noise: 5 })
    expect(valueAt(noisy, 4.0, 2)).toBe(valueAt(noisy, 5.9, 2))
    const values = Array.from({ length: 50 }, (_, index) => valueAt(noisy, index * 2, 2))
    expect(new Set(values).size).toBeGreaterThan(5)
  })

  it('follows a drift that DHT11 shows in whole steps', () => {
    const text = 'board: b\ndevices: {d: {kind: humidity, humidity: {value: 40, driftPerHour: 3}}}'
    const { name, world } = parseScript(text, '').devices[0] ?? {}
    if (name === undefined || world?.of !== 'sensor') throw new Error('a sensor was expected')
    const values = [0, 1800, 3600].map((atS) => readingsAt({ name, seed: 1, ...world }, atS)[0]?.value)
    expect(values).toEqual([40, 42, 43])
  })
})

describe('a sensor that fails', () => {
  const window: FailureWindow = { fromS: 10, toS: 20, error: 'checksum', share: 1 }
  const fails = (share: number) => ({ name: 'climate', seed: 7, fails: [{ ...window, share }] })

  it('fails from its beginning to its end, and not outside', () => {
    const errors = [9.9, 10, 19.9, 20].map((atS) => failureOf(fails(1), atS, 1))
    expect(errors).toEqual([undefined, 'checksum', 'checksum', undefined])
  })

  it('fails in the share of readings that the script says', () => {
    const failed = Array.from({ length: 10_000 }, (_, count) => failureOf(fails(0.2), 15, count)).filter(
      Boolean,
    )
    expect(failed.length / 10_000).toBeCloseTo(0.2, 1)
  })

  it('takes its time: a reading that of its line, a silent sensor that of the driver', () => {
    const silent = { ...window, error: 'timeout' } as const
    const at = (atS: number) =>
      new Sensor({
        ...aSensor(steady(41)),
        kind: 'humidity',
        fails: [silent],
        readMs: 24,
        clock: { nowS: () => atS },
      })
    const [good, bad] = [at(0).read(), at(15).read()]
    expect([good.afterMs, bad.afterMs]).toEqual([24, 1000])
    expect(good.answer()).toEqual({ ok: true, readings: [{ name: 'humidity', unit: '%RH', value: 41 }] })
    expect(bad.answer()).toEqual({ ok: false, error: 'timeout', text: 'the sensor does not answer' })
  })
})

describe('the edges of a board', () => {
  it('are numbered, timed, written as they come, and the last are kept', () => {
    const lines: string[] = []
    let ms = 1000
    const log = new EdgeLog({ nowMs: () => ms++, nowS: () => 1.23456, write: (line) => lines.push(line) })
    const count = mostEdges + 5
    for (let index = 0; index < count; index++)
      log.add({ device: 'l', kind: 'laser', cause: 'write', value: 1 })
    expect(lines).toHaveLength(count)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      number: 1,
      device: 'l',
      kind: 'laser',
      cause: 'write',
      value: 1,
      atMs: 1000,
      atS: 1.235,
    } satisfies Edge)
    const kept = log.after(0)
    expect([kept[0]?.number, kept.at(-1)?.number, kept.length]).toEqual([6, count, mostEdges])
    expect(log.after(count - 2).map(({ number }) => number)).toEqual([count - 1, count])
  })
})
