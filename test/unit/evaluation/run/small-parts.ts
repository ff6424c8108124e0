// A campaign of a scenario and of hosts that are programs in miniature: what the runner is made for, without a lab.
import * as z from 'zod/mini'
import type { EvaluationHost, HostRole } from '../../../../evaluation/hosts/evaluation-host.ts'
import type { HostSample, Link, Stage, StageNeed, Stages } from '../../../../evaluation/hosts/stage.ts'
import type { Campaign, RunFacts } from '../../../../evaluation/run/run.ts'
import type { Cell, CellContext, Scenario } from '../../../../evaluation/scenarios/scenario.ts'

export function aNeed(need: Partial<StageNeed> = {}): StageNeed {
  return { link: 'ethernet', mode: 'pair', workers: 1, devices: false, ...need }
}

export function aCell(cell: Partial<Cell> & Pick<Cell, 'id'>): Cell {
  return { scenario: 'small', need: aNeed(), factors: {}, repetition: 1, expectedMs: 100, ...cell }
}

export interface SmallScenarioParts {
  readonly name?: string
  readonly cells: readonly Cell[]
  readonly prepare?: NonNullable<Scenario['prepare']>
  readonly run?: (cell: Cell, context: CellContext) => Promise<void>
}

/** Its cells emit one record unless `run` says otherwise. */
export function aScenario({ name = 'small', cells, prepare, run }: SmallScenarioParts): Scenario {
  return {
    name,
    title: name,
    paper: 'beyond the paper',
    settings: z.strictObject({}),
    plan: () => cells,
    ...(prepare === undefined ? {} : { prepare }),
    run: async (_settings, cell, context) => {
      if (run === undefined) context.emit({ type: 'value', of: cell.id })
      else await run(cell, context)
    },
    observe: () => ({ observations: [], courses: [], failures: [] }),
    figures: () => [],
  }
}

export function aCampaign(...scenarios: readonly Scenario[]): Campaign {
  return {
    name: 'tiny',
    seed: 7,
    board: 'pi3b',
    scenarios: scenarios.map((scenario) => ({ scenario, settings: {} })),
  }
}

export function someFacts(facts: Partial<RunFacts> = {}, commit = 'abc1234'): RunFacts {
  return {
    format: 1,
    shoal: '0.1.0',
    kind: 'lab',
    setting: {
      commit,
      startedAt: '2026-01-01T00:00:00.000Z',
      node: 'v24.0.0',
      kernel: '6.1',
      cpu: 'a cpu',
      cores: 2,
      loadBefore: 0.1,
      clock: 'monotonic',
    },
    ...facts,
  }
}

/** Hosts in this process. Each may die, and may be beyond help. */
export class SmallStages implements Stages {
  readonly kind = 'lab'
  /** What was called: `open ethernet pair`, `close`. */
  readonly calls: string[] = []
  readonly dead = new Set<string>()
  /** Links whose stages do not open. */
  readonly shut = new Set<Link>()
  /** Of a shut link. */
  refusal: (link: Link) => Error = (link) => new Error(`no ${link} here`)
  /** Whether everybody answers; asking takes as long as this. */
  isWhole: () => Promise<boolean> = async () => this.dead.size === 0
  readonly #listeners = new Set<(sample: HostSample) => void>()

  check(): void {}

  expectedMs(): number {
    return 1000
  }

  async open(need: StageNeed): Promise<Stage> {
    this.calls.push(`open ${need.link} ${need.mode}`)
    if (this.shut.has(need.link)) throw this.refusal(need.link)
    this.dead.clear()
    const workers = Array.from({ length: need.workers }, (_, index) => aHost(`worker${index + 1}`, 'worker'))
    const stage: Stage = {
      need,
      client: aHost('client', 'client'),
      manager: aHost('manager', 'manager'),
      workers,
      facts: [],
      managerAddress: 'manager',
      onSample: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      isWhole: () => this.isWhole(),
    }
    return stage
  }

  async close(): Promise<void> {
    this.calls.push('close')
  }

  sample(host: string, role: HostRole = 'worker'): void {
    const sample = { type: 'sample', atMs: 0, elapsedMs: 0, cpu_share: 0.5 } as HostSample['sample']
    for (const listener of this.#listeners) listener({ host, role, sample })
  }
}

function aHost(name: string, role: HostRole): EvaluationHost {
  const absent = () => {
    throw new Error(`${name} runs no programs`)
  }
  return {
    name,
    role,
    address: name,
    nodeProgram: process.execPath,
    projectFile: (path) => path,
    exec: absent,
    spawn: absent,
  }
}
