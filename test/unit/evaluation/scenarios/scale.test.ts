// Container-scale and device-scale: what their cells are, and what their records come down to.
import { describe, expect, it } from 'vitest'
import { containerScale } from '../../../../evaluation/scenarios/container-scale.ts'
import { spreadCompose } from '../../../../evaluation/scenarios/device-scale/compose.ts'
import { deviceScale } from '../../../../evaluation/scenarios/device-scale.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import type { RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { parseCompose } from '../../../../src/model/compose/parse-compose.ts'
import { cellRecords, interval, samplesEachSecond } from './cell-records.ts'

const looks = [0.9, 0.9, 0.1, 0.2, 0.3, 0.9].map((cpu_share) => ({ cpu_share, memory_used_bytes: 2 ** 20 }))
const request = (over: object): RawRecord => ({ type: 'request', elapsed_ms: 900, ...over })

function measuresOf({ observations }: Observed) {
  return observations.map(({ measure, factors, value }) => [measure, factors.role, value])
}

describe('container-scale', () => {
  const settings = containerScale.settings.parse({})
  const cells = containerScale.plan(settings)

  it('plans 1 to 32 containers on one worker in pair mode, three times', () => {
    expect(cells).toHaveLength(18)
    expect(new Set(cells.map(({ factors }) => factors.containers))).toEqual(new Set([1, 2, 4, 8, 16, 32]))
    expect(cells.every(({ need }) => need.mode === 'pair' && need.workers === 1)).toBe(true)
  })

  it('has the last activation, the median of its requests, and what the worker takes when nothing is asked', () => {
    const [cell] = cells
    if (cell === undefined) throw new Error('no cell')
    const observed = containerScale.observe(
      settings,
      cellRecords(
        cell,
        [{ type: 'activation', elapsed_ms: 800, activationMs: 250, totalMs: 300 }],
        [9, 2, 3].map((responseTimeMs) => request({ responseTimeMs })),
        [request({ failure: 'no answer' })],
        interval(1000, 4500),
        samplesEachSecond('worker', looks),
      ),
    )
    expect(measuresOf(observed)).toEqual([
      ['activation_time', undefined, 250],
      ['response_time', undefined, 3],
      ['cpu', undefined, expect.closeTo(0.2)],
      ['memory', undefined, 2 ** 20],
    ])
    expect(observed.failures.map(({ reason }) => reason)).toEqual(['no answer'])
    const [figure] = containerScale.figures(settings, observed)
    expect(figure?.id).toBe('containers-per-device')
    expect(figure?.panels.map(({ kind, y }) => [kind, y.unit])).toEqual([
      ['lines', 'ms'],
      ['lines', 'ms'],
      ['lines', 'MiB'],
      ['lines', '%'],
    ])
  })

  it('tells what a cell lacks', () => {
    const { failures } = containerScale.observe(settings, cellRecords(cells[0] as (typeof cells)[0]))
    expect(failures.map(({ reason }) => reason)).toEqual([
      'the cell has no activation_time',
      'the cell has no response_time',
      'the cell has no cpu',
      'the cell has no memory',
    ])
  })
})

describe('device-scale', () => {
  const settings = deviceScale.settings.parse({ workers: [1, 3], repetitions: 1 })
  const cells = deviceScale.plan(settings)

  it('plans a stage of its own for each number of workers', () => {
    expect(cells.map(({ need }) => [need.workers, need.mode])).toEqual([
      [1, 'cluster'],
      [3, 'cluster'],
    ])
  })

  it('has an instance for each worker, at most one on each', () => {
    const [service] = parseCompose(spreadCompose(3), { fileName: 'spread.yaml', mode: 'cluster' }).services
    expect(service?.replicas).toBe(3)
    expect(service?.cluster?.placement.maxPerNode).toBe(1)
  })

  it('draws each measure over the number of workers, with intervals where there are values enough', () => {
    const observed = cells.map((cell) =>
      deviceScale.observe(
        settings,
        cellRecords(
          cell,
          Array.from({ length: cell.need.workers }, (_, index) => ({
            type: 'join',
            elapsed_ms: index,
            worker: `worker${index + 1}`,
            number: index + 1,
            joinMs: 1000 + 100 * index,
          })),
          [{ type: 'activation', elapsed_ms: 800, activationMs: 500, allMs: 700 }],
          [request({ responseTimeMs: 4 })],
          interval(1000, 4500),
          samplesEachSecond('worker', looks),
          samplesEachSecond('manager', looks),
        ),
      ),
    )
    expect(observed.flatMap(({ failures }) => failures)).toEqual([])
    const [figure] = deviceScale.figures(settings, {
      observations: observed.flatMap(({ observations }) => observations),
      courses: [],
      failures: [],
    })
    expect(figure?.id).toBe('devices-per-cluster')
    const [joins, activations] = figure?.panels ?? []
    if (joins?.kind !== 'lines' || activations?.kind !== 'lines') throw new Error('other panels')
    // The first joins a cluster of one, however many come after it.
    expect(joins.lines[0]?.points).toEqual([
      [1, 1000],
      [2, 1100],
      [3, 1200],
    ])
    expect(joins.lines[0]?.intervals?.map(([number]) => number)).toEqual([1])
    expect(activations.lines.map(({ name }) => name)).toEqual(['first answer', 'an instance on each worker'])
  })
})
