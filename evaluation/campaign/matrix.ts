// What a campaign will do, before it does it: its factors with their values, how many cells that makes, and how long they take.
import type { Stages } from '../hosts/stage.ts'
import { planCells } from '../run/plan-cells.ts'
import { planOrder } from '../run/plan-order.ts'
import type { Campaign } from '../run/run.ts'
import type { Cell } from '../scenarios/scenario.ts'

export interface MatrixRow {
  readonly scenario: string
  readonly title: string
  readonly paper: string
  readonly factors: readonly { readonly name: string; readonly values: readonly (string | number)[] }[]
  /** Counted ones; warm-ups are apart. */
  readonly cells: number
  readonly warmUps: number
  readonly repetitions: number
  /** Of all its cells, warm-ups included. */
  readonly expectedMs: number
}

export interface Matrix {
  readonly scenarios: readonly MatrixRow[]
  /** Cells that are to be run, warm-ups included. */
  readonly cells: number
  readonly stages: number
  readonly stagesMs: number
  /** Stages and cells. */
  readonly expectedMs: number
}

/**
 * @param expectedStageMs from one stage to the next
 * @param isDone cells that an earlier command has run; they take no time. Default: none.
 */
export function campaignMatrix(
  campaign: Campaign,
  expectedStageMs: Stages['expectedMs'],
  isDone: (cell: Cell) => boolean = () => false,
): Matrix {
  const all = planCells(campaign)
  const blocks = planOrder(all, campaign.seed, isDone)
  const left = blocks.flatMap(({ parts }) => parts.flatMap(({ cells }) => cells))
  const stagesMs = blocks.reduce(
    (sum, { need }, index) => sum + expectedStageMs(blocks[index - 1]?.need, need),
    0,
  )
  return {
    scenarios: campaign.scenarios.map(({ scenario: { name, title, paper }, settings }) => {
      const own = all.filter(({ scenario }) => scenario === name)
      return {
        scenario: name,
        title,
        paper,
        factors: factorsOf(own, settings as Readonly<Record<string, unknown>>),
        cells: own.filter(({ repetition }) => repetition > 0).length,
        warmUps: own.filter(({ repetition }) => repetition === 0).length,
        repetitions: repetitionsOf(own, settings as Readonly<Record<string, unknown>>),
        expectedMs: total(left.filter(({ scenario }) => scenario === name)),
      }
    }),
    cells: left.length,
    stages: blocks.length,
    stagesMs,
    expectedMs: stagesMs + total(left),
  }
}

/** Of the cells, in the order in which they name them, and those that vary within a cell. */
function factorsOf(
  cells: readonly Cell[],
  settings: Readonly<Record<string, unknown>>,
): MatrixRow['factors'] {
  const values = new Map<string, Set<string | number>>()
  for (const { factors } of cells) {
    for (const [name, value] of Object.entries(factors)) {
      const seen = values.get(name) ?? new Set()
      values.set(name, seen.add(value))
    }
  }
  for (const [key, list] of Object.entries(settings)) {
    const name = singular(key)
    if (Array.isArray(list) && !values.has(name) && !values.has(key)) values.set(name, new Set(list))
  }
  return [...values].map(([name, seen]) => ({ name, values: [...seen] }))
}

/** As set; a cell may hold all of them. */
function repetitionsOf(cells: readonly Cell[], { repetitions }: Readonly<Record<string, unknown>>): number {
  return typeof repetitions === 'number'
    ? repetitions
    : Math.max(0, ...cells.map(({ repetition }) => repetition))
}

/** `links` → `link`, `capabilities` → `capability` */
function singular(key: string): string {
  return key.replace(/ies$/, 'y').replace(/s$/, '')
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
}
