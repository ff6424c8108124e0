import { describe, expect, it } from 'vitest'
import {
  highestOf,
  intervalOf,
  meanOf,
  samplesOf,
  touching,
  within,
} from '../../../../evaluation/scenarios/host-samples.ts'
import { idle } from '../../../../evaluation/scenarios/idle.ts'
import type { Cell, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { cellRecords, interval, samplesEachSecond } from './cell-records.ts'

const [cell] = idle.plan(idle.settings.parse({})) as [Cell]
const shares = [0.5, 0.1, 0.2, 0.3].map((cpu_share) => ({ cpu_share }))
const ofWorker = samplesEachSecond('worker', shares)

describe('samplesOf', () => {
  it('knows what time each sample is over, and leaves the first out', () => {
    const samples = samplesOf(cellRecords(cell, ofWorker), 'worker')
    expect(samples.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [400, 1400],
      [1400, 2400],
      [2400, 3400],
    ])
  })

  it('gives a sample that comes after a gap the whole of the gap', () => {
    const samples = samplesOf(cellRecords(cell, ofWorker.toSpliced(1, 2)), 'worker')
    expect(samples.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[400, 3400]])
  })

  it('lets a sample end where it ended, not where it came after a plug had been asked', () => {
    const late = samplesEachSecond('worker', [{}, { emittedAfterMs: 300 }, {}])
    const samples = samplesOf(cellRecords(cell, late), 'worker')
    expect(samples.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [100, 1100],
      [1400, 2400],
    ])
  })

  it('leaves out the first sample of a sampler that was started again', () => {
    const again = samplesEachSecond('worker', [{}, {}, { elapsedMs: 1000 }, { elapsedMs: 2000 }])
    const samples = samplesOf(cellRecords(cell, again), 'worker')
    expect(samples.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [400, 1400],
      [2400, 3400],
    ])
  })

  it('takes one host where several have the role', () => {
    const other: readonly RawRecord[] = ofWorker.map((record) => ({ ...record, host: 'worker0' }))
    const samples = samplesOf(cellRecords(cell, ofWorker, other), 'worker')
    expect(new Set(samples.map(({ host }) => host))).toEqual(new Set(['worker']))
  })

  it('is empty for a role of which nothing came', () => {
    expect(samplesOf(cellRecords(cell, ofWorker), 'manager')).toEqual([])
  })
})

describe('means', () => {
  const samples = samplesOf(cellRecords(cell, ofWorker), 'worker')

  it('are of what lies wholly within an interval', () => {
    expect(within(samples, { fromMs: 1000, toMs: 3400 }).map(({ toMs }) => toMs)).toEqual([2400, 3400])
    expect(touching(samples, { fromMs: 1000, toMs: 1400 }).map(({ toMs }) => toMs)).toEqual([1400])
    expect(meanOf(samples, 'cpu_share')).toBeCloseTo(0.2)
  })

  it('leave out what cannot be known, and are undefined where nothing is', () => {
    const some = samplesEachSecond('worker', [{ cpu_share: 0.5 }, { cpu_share: 0.4 }, { cpu_share: null }])
    expect(meanOf(samplesOf(cellRecords(cell, some), 'worker'), 'cpu_share')).toBeCloseTo(0.4)
    expect(meanOf(samples, 'power_watts')).toBeUndefined()
    expect(meanOf([], 'cpu_share')).toBeUndefined()
    expect(highestOf(samples, 'cpu_share')).toBe(0.3)
    expect(highestOf(samples, 'power_watts')).toBeUndefined()
  })
})

describe('intervalOf', () => {
  it('needs both ends', () => {
    const [begin, end] = interval(100, 200)
    expect(intervalOf(cellRecords(cell, [begin, end] as RawRecord[]))).toEqual({ fromMs: 100, toMs: 200 })
    expect(intervalOf(cellRecords(cell, [begin] as RawRecord[]))).toBeUndefined()
  })
})
