import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeOrders,
  decodeReport,
  encodeOrders,
  encodeReport,
} from '../../../../src/model/cluster/agent-codec.ts'
import type { AgentInstanceState } from '../../../../src/model/cluster/agent-messages.ts'

const text = fc.string({ maxLength: 60 })
const texts = fc.array(text, { maxLength: 5 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const states: readonly AgentInstanceState[] = ['starting', 'answering', 'silent', 'paused', 'ended']
const device = fc.record({
  id: fc.string({ minLength: 1, maxLength: 60 }),
  capability: text,
  shared: fc.integer({ min: 1, max: 99 }),
  isPresent: fc.boolean(),
  absence: text,
  paths: texts,
})
const report = fc.record({
  session: fc.nat(2 ** 32 - 1),
  sequence: fc.nat(2 ** 31),
  ordersTag: fc.nat(2 ** 32 - 1),
  instances: maybe(fc.array(fc.record({ id: text, state: fc.constantFrom(...states) }), { maxLength: 5 })),
  problems: maybe(texts),
  clockSeconds: maybe(fc.nat(2 ** 33)),
  missingImages: maybe(texts),
  devices: maybe(fc.array(device, { maxLength: 5 })),
})
const orders = fc.record({ tag: fc.nat(2 ** 32 - 1), paused: texts, stopped: texts, images: texts })

describe('what an agent and the manager tell each other', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(report, orders, (sentUp, sentDown) => {
        expect(decodeReport(encodeReport(sentUp))).toEqual(sentUp)
        expect(decodeOrders(encodeOrders(sentDown))).toEqual(sentDown)
      }),
    )
  })

  it('is small while nothing changes', () => {
    const idle = { session: 2 ** 32 - 1, sequence: 3600, ordersTag: 2 ** 32 - 1 }
    const nothing = {
      instances: undefined,
      problems: undefined,
      clockSeconds: undefined,
      missingImages: undefined,
      devices: undefined,
    }
    expect(encodeReport({ ...idle, ...nothing }).length).toBeLessThanOrEqual(20)
  })

  it('keeps the beginning of a reason that is too long', () => {
    const absent = { id: 'x', capability: 'y', shared: 1, isPresent: false, paths: [] }
    const sent = { session: 1, sequence: 1, ordersTag: 0, instances: undefined, problems: undefined }
    const devices = [{ ...absent, absence: 'r'.repeat(500) }]
    const bytes = encodeReport({
      ...sent,
      clockSeconds: undefined,
      missingImages: undefined,
      devices,
    })
    expect(decodeReport(bytes)?.devices).toEqual([{ ...absent, absence: 'r'.repeat(200) }])
  })
})

describe('what is not of this form', () => {
  it('is refused, whatever bytes there are, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const read = decodeReport(bytes)
        expect(read === undefined || Number.isSafeInteger(read.sequence)).toBe(true)
        expect(() => decodeOrders(bytes)).not.toThrow()
      }),
    )
  })

  it.each([
    ['no map', []],
    ['no numbers', { s: 'x', n: 1, o: 1 }],
    ['a negative number', { s: 1, n: -1, o: 1 }],
    ['instances that are none', { s: 1, n: 1, o: 1, i: [['x', 99]] }],
    ['problems that are no texts', { s: 1, n: 1, o: 1, p: [1] }],
    ['a device without a name', { s: 1, n: 1, o: 1, d: [['', 'humidity', 1, 1, '', []]] }],
    ['a device that nobody may hold', { s: 1, n: 1, o: 1, d: [['x', 'humidity', 0, 1, '', []]] }],
    ['a device neither there nor not', { s: 1, n: 1, o: 1, d: [['x', 'humidity', 1, 2, '', []]] }],
    ['a device whose reason is a book', { s: 1, n: 1, o: 1, d: [['x', 'y', 1, 0, 'r'.repeat(201), []]] }],
    ['texts that are too long', { s: 1, n: 1, o: 1, p: ['x'.repeat(2000)] }],
  ])('%s', (_, value) => {
    expect(decodeReport(encode(value))).toBeUndefined()
  })
})
