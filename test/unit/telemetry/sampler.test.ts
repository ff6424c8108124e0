import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderCsvHead, renderCsvRow } from '../../../src/telemetry/dstat-csv.ts'
import type { NodeLook } from '../../../src/telemetry/node-look.ts'
import { parseRecord, renderRecord, type TelemetrySample } from '../../../src/telemetry/record.ts'
import { runSampler } from '../../../src/telemetry/sampler.ts'

let nowMs: number
let stop: AbortController
/** Calls of the power source at once. */
let under: number
let most: number
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  nowMs = 0
  under = 0
  most = 0
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
})

const look = (atMs: number, more: Partial<NodeLook> = {}): NodeLook => ({
  atMs,
  cpu: { all: 0.5, user: 0.4, system: 0.1, wait: 0 },
  load: [1, 2, 3],
  memoryBytes: 1000,
  receivedBytes: atMs,
  sentBytes: atMs * 2,
  containerCpuUs: { a: atMs * 500 },
  ...more,
})

async function sampleFor(
  ms: number,
  source: (atMs: number) => NodeLook,
  powerTakesMs = 0,
): Promise<readonly TelemetrySample[]> {
  const taken: TelemetrySample[] = []
  void runSampler(
    {
      source: { kind: 'machine', look: source },
      power: {
        info: { name: 'model:x', origin: 'modelled', detail: '' },
        read: async (share) => {
          under += 1
          most = Math.max(most, under)
          if (powerTakesMs > 0 && share !== null)
            await new Promise((resolve) => setTimeout(resolve, powerTakesMs))
          under -= 1
          return share === null ? null : 1 + share
        },
        stop: async () => {},
      },
      cpus: 2,
      intervalMs: 1000,
      onSample: (sample) => taken.push(sample),
      now: () => nowMs,
      wallMs: () => 1e12 + nowMs,
    },
    stop.signal,
  )
  for (let passed = 0; passed < ms; passed += 100) {
    nowMs += 100
    await vi.advanceTimersByTimeAsync(100)
  }
  return taken
}

describe('a sampler', () => {
  it('takes one at each full interval, with rates over the time that passed', async () => {
    const taken = await sampleFor(3050, (atMs) => look(atMs))
    expect(taken.map(({ elapsedMs }) => elapsedMs)).toEqual([1000, 2000, 3000])
    expect(taken[1]).toMatchObject({
      atMs: 1e12 + 2000,
      cpu_share: 0.5,
      network_received_bytes_per_second: 1000,
      network_sent_bytes_per_second: 2000,
      power_watts: 1.5,
      emittedAfterMs: 0,
      // 500 µs of CPU a millisecond: half of one CPU, a quarter of two.
      container_cpu_share: { a: 0.25 },
    })
  })

  it('leaves samples out where one takes too long, and never takes two at once', async () => {
    const taken = await sampleFor(6000, look, 1500)
    expect(most).toBe(1)
    expect(taken.map(({ elapsedMs }) => elapsedMs)).toEqual([1000, 3000])
    // The moment of the look, not of the answer that was waited for.
    expect(taken.map(({ atMs }) => atMs - 1e12)).toEqual([1000, 3000])
    expect(taken.map(({ emittedAfterMs }) => emittedAfterMs)).toEqual([1500, 1500])
  })

  it('says that it does not know what went back', async () => {
    let received = 10_000
    const taken = await sampleFor(2100, (atMs) => {
      received -= 1000
      return look(atMs, { receivedBytes: received, load: null, containerCpuUs: {} })
    })
    expect(taken[0]).toMatchObject({
      network_received_bytes_per_second: null,
      load_1min: null,
      container_cpu_share: {},
    })
  })
})

describe('a record', () => {
  it('comes back as it was written; half a line does not', async () => {
    const [taken] = await sampleFor(1100, (atMs) => look(atMs))
    if (taken === undefined) throw new Error('no sample')
    expect(parseRecord(renderRecord(taken))).toEqual(taken)
    expect(parseRecord(renderRecord(taken).slice(0, 40))).toBeUndefined()
    expect(parseRecord('{"type":"sample"}')).toBeUndefined()
  })

  it('has the columns of dstat, empty where nothing is known', async () => {
    const [taken] = await sampleFor(1100, (atMs) => look(atMs, { load: null }))
    if (taken === undefined) throw new Error('no sample')
    const head = renderCsvHead({
      type: 'header',
      version: 1,
      node: 'pi "one"',
      kernel: '6.1',
      nodeVersion: 'v24',
      cpus: 2,
      clock: 'realtime',
      source: 'machine',
      intervalMs: 1000,
      startedAt: '2026-11-28T12:00:00Z',
    })
    expect(head.split('\n')[0]).toBe('"Host:","pi ""one""","Date:","2026-11-28T12:00:00Z","Power:","none"')
    expect(head.split('\n')[2]?.split(',')).toHaveLength(12)
    expect(renderCsvRow(taken)).toBe('1000000001.000,40,10,50,0,,,,1000,1000,2000,1.5\n')
  })
})
