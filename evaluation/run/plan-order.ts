// In which order the cells of a campaign are run: random, so that what drifts over hours is no factor's, and stages change seldom.
import type { StageNeed } from '../hosts/stage.ts'
import { createRandom, type Random, shuffle } from '../random.ts'
import type { Cell } from '../scenarios/scenario.ts'

/** The cells of one scenario that follow each other on one stage. */
export interface Part {
  readonly scenario: string
  readonly cells: readonly Cell[]
}

/** What is run between the opening of one stage and the next. */
export interface Block {
  readonly need: StageNeed
  readonly parts: readonly Part[]
}

/**
 * Pure; the same seed gives the same order, whatever is done. Shuffled are: links, numbers of workers within a link, modes within those, stages within
 * a mode, scenarios on a stage, cells of a scenario there. Warm-ups of a kind of cell come before its counted ones.
 */
export function planOrder(cells: readonly Cell[], seed: number, isDone: (cell: Cell) => boolean): Block[] {
  const random = createRandom(seed)
  const inOrder = (group: readonly Cell[], levels: readonly ((cell: Cell) => string)[]): Cell[] => {
    const [level, ...deeper] = levels
    if (level === undefined) return warmUpsFirst(shuffle(group, random))
    return shuffledGroups(group, level, random).flatMap((part) => inOrder(part, deeper))
  }
  const ordered = inOrder(cells, [
    ({ need }) => need.link,
    ({ need }) => String(need.workers),
    ({ need }) => need.mode,
    ({ need }) => needKey(need),
    ({ scenario }) => scenario,
  ])
  return groupsOf(ordered, ({ need }) => needKey(need)).flatMap((block) => {
    const parts = groupsOf(block, ({ scenario }) => scenario).flatMap((group) => {
      const left = cellsLeft(group, isDone)
      return left[0] === undefined ? [] : [{ scenario: left[0].scenario, cells: left }]
    })
    const need = block[0]?.need
    return parts.length === 0 || need === undefined ? [] : [{ need, parts }]
  })
}

/** What is not done. Where counted cells of a kind are left for a stage that is new, its warm-ups are left too: nothing is warm there. */
export function cellsLeft(cells: readonly Cell[], isDone: (cell: Cell) => boolean): Cell[] {
  const coldKinds = new Set(
    cells.filter((cell) => cell.repetition > 0 && !isDone(cell)).map((cell) => kindOf(cell)),
  )
  return cells.filter((cell) => !isDone(cell) || (cell.repetition === 0 && coldKinds.has(kindOf(cell))))
}

export function needKey({ link, mode, workers, devices }: StageNeed): string {
  return `${link} ${mode} ${workers} ${devices}`
}

/** Cells of one kind differ in their repetition alone. */
function kindOf({ scenario, need, factors }: Cell): string {
  const sorted = Object.entries(factors).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([scenario, needKey(need), sorted])
}

/** A kind keeps the places that it has among the others; its warm-ups take the first of them. */
function warmUpsFirst(cells: readonly Cell[]): Cell[] {
  const kinds = new Map(
    groupsOf(cells, kindOf).map((kind) => [
      kindOf(kind[0] as Cell),
      [
        ...kind.filter(({ repetition }) => repetition === 0),
        ...kind.filter(({ repetition }) => repetition > 0),
      ],
    ]),
  )
  return cells.map((cell) => kinds.get(kindOf(cell))?.shift() ?? cell)
}

function shuffledGroups(
  cells: readonly Cell[],
  keyOf: (cell: Cell) => string,
  random: Random,
): readonly (readonly Cell[])[] {
  return shuffle(groupsOf(cells, keyOf), random)
}

/** In the order in which each key is met first. */
function groupsOf(cells: readonly Cell[], keyOf: (cell: Cell) => string): (readonly Cell[])[] {
  return [...Map.groupBy(cells, keyOf).values()]
}
