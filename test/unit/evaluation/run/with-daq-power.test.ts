import { describe, expect, it } from 'vitest'
import type { Run } from '../../../../evaluation/run/run.ts'
import { withDaqPower } from '../../../../evaluation/run/with-daq-power.ts'
import { samplesOf } from '../../../../evaluation/scenarios/host-samples.ts'
import { aCell, aRun, someHost } from '../report/a-run.ts'
import { samplesEachSecond } from '../scenarios/cell-records.ts'

/** Samples at 1,000,000 ms of the host's clock and each second after; the model said 9 W of all of them. */
const records = () =>
  samplesEachSecond(
    'worker',
    [9, 9, 9].map((power_watts) => ({ power_watts })),
  )
const cell = aCell('idle/wlan/1')
const real = (): Run => aRun({ kind: 'real', hosts: [[someHost({ name: 'worker' })]], records })

/** 2 W until 1,001,500 ms, then 4 W. */
const daq = (fromMs: number, toMs: number, host = 'worker') => ({
  host,
  place: 'board.csv',
  readings: [
    { atMs: fromMs, watts: 2 },
    { atMs: 1_001_500, watts: 2 },
    { atMs: 1_001_500, watts: 4 },
    { atMs: toMs, watts: 4 },
  ],
  info: { name: 'daq:USB', origin: 'measured', detail: 'board.csv' } as const,
})

describe('a run with the power of a DAQ', () => {
  it('has its mean over each second in place of what the sampler said, and is called measured', () => {
    const run = withDaqPower(real(), [daq(1_000_000, 1_002_000)])
    expect(run.hosts[0]?.[0]?.power).toMatchObject({ name: 'daq:USB', origin: 'measured' })
    const samples = samplesOf(
      { cell, origin: 'measured', powerOrigin: {}, records: run.records(cell) },
      'worker',
    )
    expect(samples.map(({ sample }) => sample.power_watts)).toEqual([2, 3])
  })

  it('says nothing of the first sample, of which it is not known how long it is over', () => {
    const [first] = withDaqPower(real(), [daq(1_000_000, 1_002_000)]).records(cell)
    expect(first).toMatchObject({ sample: { power_watts: null } })
  })

  it.each([
    ['begins too late', 1_000_001, 1_002_000],
    ['ends too early', 1_000_000, 1_001_999],
  ])('is refused where the file %s, with the moments', (_how, fromMs, toMs) => {
    const run = withDaqPower(real(), [daq(fromMs, toMs)])
    expect(() => run.records(cell)).toThrow(/1970-01-01T00:16:4.*idle\/wlan\/1 has a sample of worker from/)
  })

  it('is refused of a host that is not there, and of a lab', () => {
    expect(() => withDaqPower(real(), [daq(0, 2e6, 'workr')])).toThrow(/no host workr, but worker/)
    expect(() => withDaqPower({ ...real(), facts: aRun({}).facts }, [daq(0, 2e6)])).toThrow(/taken in a lab/)
  })

  it('keeps other hosts as they are', () => {
    const run = aRun({
      kind: 'real',
      hosts: [[someHost({ name: 'worker' }), someHost({ name: 'gate' })]],
      records,
    })
    const powered = withDaqPower(run, [daq(0, 2e6, 'gate')])
    expect(powered.records(cell)).toEqual(run.records(cell))
    expect(powered.hosts[0]?.[0]?.power?.origin).toBe('modelled')
  })
})
