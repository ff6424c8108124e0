// A run in memory for tests of the report: one scenario whose cells each record one value.
import * as z from 'zod/mini'
import type { HostFacts } from '../../../../evaluation/hosts/stage.ts'
import type { Figure } from '../../../../evaluation/report/figure.ts'
import type { CellOutcome, Run, RunFacts } from '../../../../evaluation/run/run.ts'
import type { Observed } from '../../../../evaluation/scenarios/observation.ts'
import type { Cell, RawRecord, Scenario } from '../../../../evaluation/scenarios/scenario.ts'

const nothing: Observed = { observations: [], courses: [], failures: [] }

/** Its cells record `{type: 'value', value}`, seen as power in watts of the host `w1`. */
export function aScenario(figures: (observed: Observed) => readonly Figure[] = () => []): Scenario {
  return {
    name: 'idle',
    title: 'idle hosts',
    paper: 'Table I',
    settings: z.unknown(),
    plan: () => [],
    run: () => Promise.resolve(),
    observe: (_settings, { cell, origin, powerOrigin, records }) => ({
      ...nothing,
      observations: records.flatMap(({ type, value }) => [
        {
          scenario: 'idle',
          measure: type,
          unit: type === 'power' ? ('W' as const) : ('ms' as const),
          origin: type === 'power' ? (powerOrigin.w1 ?? origin) : origin,
          factors: cell.factors,
          repetition: cell.repetition,
          value: Number(value),
        },
      ]),
    }),
    figures: (_settings, observed) => figures(observed),
  }
}

export function aCell(id: string, repetition = 1, factors: Cell['factors'] = { link: 'wlan' }): Cell {
  const need = { link: 'wlan', mode: 'pair', workers: 1, devices: false } as const
  return { id, scenario: 'idle', need, factors, repetition, expectedMs: 1000 }
}

export function anOutcome(id: string, parts: Partial<CellOutcome> = {}): CellOutcome {
  return { id, state: 'done', startedAt: '2026-04-01T10:00:00.000Z', tookMs: 1500, stage: 0, ...parts }
}

export function someHost(parts: Partial<HostFacts> = {}): HostFacts {
  return {
    name: 'w1',
    role: 'worker',
    link: 'wlan',
    kind: 'lab',
    shoal: '0.1.0',
    kernel: '6.1.0',
    engine: '27.5.1',
    nodeVersion: 'v24.1.0',
    cpus: 1,
    power: { name: 'pi3b', origin: 'modelled', detail: 'of CPU use' },
    clock: 'tsc',
    ...parts,
  }
}

export function aRun(parts: {
  readonly scenario?: Scenario
  readonly cells?: Run['cells']
  readonly records?: (cell: Cell) => readonly RawRecord[]
  readonly hosts?: Run['hosts']
  readonly kind?: RunFacts['kind']
  readonly name?: string
  readonly commit?: string
}): Run {
  return {
    folder: '/runs/one',
    facts: {
      format: 1,
      shoal: '0.1.0',
      kind: parts.kind ?? 'lab',
      setting: {
        commit: parts.commit ?? 'abc1234',
        startedAt: '2026-04-01T09:59:00.000Z',
        node: 'v24.1.0',
        kernel: '6.1.0',
        cpu: 'a CPU',
        cores: 2,
        loadBefore: 0.1,
        clock: 'monotonic',
      },
    },
    campaign: {
      name: parts.name ?? 'tiny',
      seed: 20170401,
      board: 'pi3b',
      scenarios: [{ scenario: parts.scenario ?? aScenario(), settings: { links: ['wlan'], repetitions: 2 } }],
    },
    cells: parts.cells ?? [{ cell: aCell('idle/1'), outcome: anOutcome('idle/1') }],
    hosts: parts.hosts ?? [[someHost()]],
    records: parts.records ?? (() => [{ type: 'power', elapsed_ms: 1, value: 2.5 }]),
  }
}
