// What was run, where, and what became of it. Without paths: a run that was moved gives the same report.
import type { HostFacts, Link } from '../hosts/stage.ts'
import type { Run, RunFacts } from '../run/run.ts'

export interface Setting {
  readonly runs: readonly RunFacts[]
  readonly campaign: {
    readonly name: string
    readonly seed: number
    readonly board: string
    readonly scenarios: readonly {
      readonly name: string
      readonly title: string
      readonly paper: string
      readonly settings: unknown
    }[]
  }
  readonly cells: {
    readonly planned: number
    readonly done: number
    /** Of those that are done: recorded, and in no number. */
    readonly warmUps: number
    readonly failed: readonly { readonly id: string; readonly reason: string }[]
    readonly notRun: readonly string[]
  }
  /** From the start of the first cell to the end of the last; undefined where none was run. */
  readonly measured: { readonly from: string; readonly to: string; readonly tookMs: number } | undefined
  readonly clockSteps: readonly { readonly id: string; readonly ms: number }[]
  /** Each host once for all links over which nothing else differs. */
  readonly hosts: readonly HostSetting[]
}

export interface HostSetting extends Omit<HostFacts, 'link'> {
  readonly links: readonly Link[]
}

export function describeSetting(runs: readonly Run[]): Setting {
  const [first] = runs
  if (first === undefined) throw new RangeError('a report needs a run')
  const cells = runs.flatMap((run) => run.cells)
  const outcomes = cells.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]))
  const done = cells.filter(({ outcome }) => outcome?.state === 'done')
  const { name, seed, board, scenarios } = first.campaign
  return {
    runs: runs.map(({ facts }) => facts),
    campaign: {
      name,
      seed,
      board,
      scenarios: scenarios.map(({ scenario, settings }) => ({
        name: scenario.name,
        title: scenario.title,
        paper: scenario.paper,
        settings,
      })),
    },
    cells: {
      planned: cells.length,
      done: done.length,
      warmUps: done.filter(({ cell }) => cell.repetition === 0).length,
      failed: outcomes.flatMap(({ id, state, reason = 'it failed' }) =>
        state === 'failed' ? [{ id, reason }] : [],
      ),
      notRun: cells.flatMap(({ cell, outcome }) => (outcome === undefined ? [cell.id] : [])),
    },
    measured: measuredSpan(outcomes),
    clockSteps: outcomes.flatMap(({ id, clockStepMs }) =>
      clockStepMs === undefined ? [] : [{ id, ms: clockStepMs }],
    ),
    hosts: hostSettings(runs.flatMap(({ hosts }) => hosts.flat())),
  }
}

function measuredSpan(
  outcomes: readonly { readonly startedAt: string; readonly tookMs: number }[],
): Setting['measured'] {
  if (outcomes.length === 0) return undefined
  const from = Math.min(...outcomes.map(({ startedAt }) => Date.parse(startedAt)))
  const to = Math.max(...outcomes.map(({ startedAt, tookMs }) => Date.parse(startedAt) + tookMs))
  const tookMs = Math.round(outcomes.reduce((sum, outcome) => sum + outcome.tookMs, 0))
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), tookMs }
}

function hostSettings(facts: readonly HostFacts[]): readonly HostSetting[] {
  const hosts = new Map<string, HostSetting>()
  for (const { link, ...host } of facts) {
    const key = JSON.stringify(host)
    const links = hosts.get(key)?.links ?? []
    hosts.set(key, { ...host, links: links.includes(link) ? links : [...links, link] })
  }
  return [...hosts.values()].toSorted((a, b) => rank(a) - rank(b) || compare(a.name, b.name))
}

function rank({ role }: HostSetting): number {
  return ['client', 'manager', 'worker'].indexOf(role)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
