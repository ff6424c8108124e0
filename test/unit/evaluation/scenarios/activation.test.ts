import { describe, expect, it } from 'vitest'
import { activation } from '../../../../evaluation/scenarios/activation.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import type { Cell, RawRecord } from '../../../../evaluation/scenarios/scenario.ts'
import { cellRecords } from './cell-records.ts'

const settings = activation.settings.parse({})
const cells = activation.plan(settings)

function cellOf(link: string, mode: string, repetition: number): Cell {
  const found = cells.find(
    (cell) => cell.factors.link === link && cell.factors.mode === mode && cell.repetition === repetition,
  )
  if (found === undefined) throw new Error('no such cell')
  return found
}

function anActivation(over: Record<string, unknown>): readonly RawRecord[] {
  return [{ type: 'activation', elapsed_ms: 2000, activationMs: 400, ...over }]
}

const inPair = { phasesMs: { connect: 180, send: 0, create: 15, start: 200, ready: 50 }, totalMs: 500 }
const inCluster = { phasesMs: { schedule: 30, create: 100, start: 150, ready: 60 } }

function valuesOf({ observations }: Observed): Readonly<Record<string, number>> {
  return Object.fromEntries(
    observations.map(({ measure, factors, value }) => [`${factors.phase ?? measure}`, value]),
  )
}

describe('activation', () => {
  it('plans ten of each link and mode, and two warm-ups that are not counted', () => {
    expect(cells).toHaveLength(3 * 2 * 12)
    expect(new Set(cells.map(({ id }) => id)).size).toBe(72)
    expect(cells.filter(({ repetition }) => repetition === 0)).toHaveLength(12)
    expect(cells.every(({ need, factors }) => need.mode === factors.mode && need.link === factors.link)).toBe(
      true,
    )
    expect(activation.plan(settings)).toEqual(cells)
  })

  it('refuses what it does not know', () => {
    expect(activation.settings.safeParse({ modes: ['native'] }).success).toBe(false)
    expect(activation.settings.safeParse({ repetition: 3 }).success).toBe(false)
    expect(activation.settings.safeParse({ repetitions: 0 }).success).toBe(false)
  })

  it('takes the whole of a connection that was made while the program read what to run, in pair mode', () => {
    const observed = activation.observe(
      settings,
      cellRecords(cellOf('wlan', 'pair', 1), anActivation(inPair)),
    )
    expect(valuesOf(observed)).toEqual({
      activation_time: 445,
      connect: 180,
      send: 0,
      create: 15,
      start: 200,
      ready: 50,
    })
    expect(observed.failures).toEqual([])
  })

  it('takes as the answer what the client waits beyond the manager’s clock, in cluster mode', () => {
    const observed = activation.observe(
      settings,
      cellRecords(cellOf('direct', 'cluster', 1), anActivation(inCluster)),
    )
    expect(valuesOf(observed)).toEqual({
      activation_time: 400,
      schedule: 30,
      create: 100,
      start: 150,
      ready: 60,
      answer: 60,
    })
  })

  it('has the time where the manager told no phases, and a failure where there is no time', () => {
    const cell = cellOf('direct', 'cluster', 1)
    expect(valuesOf(activation.observe(settings, cellRecords(cell, anActivation({}))))).toEqual({
      activation_time: 400,
    })
    const { observations, failures } = activation.observe(settings, cellRecords(cell))
    expect(observations).toEqual([])
    expect(failures).toHaveLength(1)
    const inPairMode = activation.observe(
      settings,
      cellRecords(cellOf('direct', 'pair', 1), anActivation({})),
    )
    expect(inPairMode.observations).toEqual([])
    expect(inPairMode.failures).toHaveLength(1)
  })

  it('draws links by mode, with every value, and the phases of each mode', () => {
    const some = [
      activation.observe(settings, cellRecords(cellOf('wlan', 'pair', 1), anActivation(inPair))),
      activation.observe(settings, cellRecords(cellOf('ethernet', 'pair', 2), anActivation(inPair))),
      activation.observe(
        settings,
        cellRecords(
          cellOf('ethernet', 'pair', 1),
          anActivation({ phasesMs: { ...inPair.phasesMs, start: 300 } }),
        ),
      ),
    ]
    const [figure] = activation.figures(settings, {
      observations: some.flatMap(({ observations }) => observations),
      courses: [],
      failures: [],
    })
    expect(figure?.id).toBe('fig-10')
    const [bars, stack, ...others] = figure?.panels ?? []
    expect(others).toEqual([])
    if (bars?.kind !== 'bars' || stack?.kind !== 'stack') throw new Error('other panels')
    expect(bars.categories).toEqual(['Ethernet', 'WLAN'])
    expect(bars.bars.map(({ values, estimate }) => [values, estimate?.value])).toEqual([
      [[545, 445], 495],
      [[445], undefined],
    ])
    // What took no time is no part; the parts make up the whole.
    expect(stack.parts).toEqual(['connect', 'create', 'start', 'ready'])
    expect(stack.bars.map(({ means }) => means.reduce((sum, each) => sum + each, 0))).toEqual([495, 445])
  })
})
