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
    scenarios: campaign.scenarios.map(({ scenario: { name, title, paper } }) => {
      const own = all.filter(({ scenario }) => scenario === name)
      return {
        scenario: name,
        title,
        paper,
        factors: factorsOf(own),
        cells: own.filter(({ repetition }) => repetition > 0).length,
        warmUps: own.filter(({ repetition }) => repetition === 0).length,
        repetitions: Math.max(0, ...own.map(({ repetition }) => repetition)),
        expectedMs: total(left.filter(({ scenario }) => scenario === name)),
      }
    }),
    cells: left.length,
    stages: blocks.length,
    stagesMs,
    expectedMs: stagesMs + total(left),
  }
}

/** In the order in which the cells name them. */
function factorsOf(cells: readonly Cell[]): MatrixRow['factors'] {
  const values = new Map<string, Set<string | number>>()
  for (const { factors } of cells) {
    for (const [name, value] of Object.entries(factors)) {
      const seen = values.get(name) ?? new Set()
      values.set(name, seen.add(value))
    }
  }
  return [...values].map(([name, seen]) => ({ name, values: [...seen] }))
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
}
