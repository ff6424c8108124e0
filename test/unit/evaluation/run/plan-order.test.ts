import { describe, expect, it } from 'vitest'
import { links } from '../../../../evaluation/hosts/stage.ts'
import { type Block, cellsLeft, needKey, planOrder } from '../../../../evaluation/run/plan-order.ts'
import type { Cell } from '../../../../evaluation/scenarios/scenario.ts'
import { aCell, aNeed } from './small-parts.ts'

const cells = (['first', 'second', 'third'] as const).flatMap((scenario) =>
  links.flatMap((link) =>
    (['pair', 'cluster'] as const).flatMap((mode) =>
      [1, 2].flatMap((workers) =>
        ['average', 'mergesort'].flatMap((operation) =>
          [0, 1, 2, 3].map((repetition) =>
            aCell({
              id: `${scenario}/${link}/${mode}/${workers}/${operation}/${repetition}`,
              scenario,
              need: aNeed({ link, mode, workers }),
              factors: { operation },
              repetition,
            }),
          ),
        ),
      ),
    ),
  ),
)

const none = () => false

function idsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ parts }) => parts.flatMap((part) => part.cells.map(({ id }) => id)))
}

/** How often neighbours differ: one less than the number of stretches. */
function changes(values: readonly string[]): number {
  return values.filter((value, index) => index > 0 && value !== values[index - 1]).length
}

describe('the order of a campaign', () => {
  it('has every cell once', () => {
    expect(idsOf(planOrder(cells, 1, none)).sort()).toEqual(cells.map(({ id }) => id).sort())
  })

  it('is the same for the same seed, and another for another', () => {
    expect(idsOf(planOrder(cells, 1, none))).toEqual(idsOf(planOrder(cells, 1, none)))
    expect(idsOf(planOrder(cells, 1, none))).not.toEqual(idsOf(planOrder(cells, 2, none)))
  })

  it('opens each stage once, those of a link, of so many workers and of a mode one after the other', () => {
    const needs = planOrder(cells, 3, none).map(({ need }) => need)
    expect(needs.length).toBe(links.length * 2 * 2)
    expect(new Set(needs.map(needKey)).size).toBe(needs.length)
    expect(changes(needs.map(({ link }) => link))).toBe(links.length - 1)
    expect(changes(needs.map(({ link, workers }) => `${link} ${workers}`))).toBe(links.length * 2 - 1)
    expect(changes(needs.map(({ link, workers, mode }) => `${link} ${workers} ${mode}`))).toBe(
      links.length * 2 * 2 - 1,
    )
  })

  it('keeps the cells of a scenario together on a stage', () => {
    for (const { parts } of planOrder(cells, 4, none)) {
      expect(parts.map(({ scenario }) => scenario).sort()).toEqual(['first', 'second', 'third'])
      for (const part of parts) expect(new Set(part.cells.map(({ scenario }) => scenario)).size).toBe(1)
    }
  })

  it('draws links, modes, scenarios and cells by lot', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => planOrder(cells, seed, none))
    const firsts = (of: (block: Block | undefined) => unknown) =>
      new Set(seeds.map((blocks) => of(blocks[0])))
    expect(firsts((block) => block?.need.link).size).toBe(3)
    expect(firsts((block) => block?.need.mode).size).toBe(2)
    expect(firsts((block) => block?.need.workers).size).toBe(2)
    expect(firsts((block) => block?.parts[0]?.scenario).size).toBe(3)
    expect(
      firsts((block) => block?.parts[0]?.cells.at(-1)?.id.split('/').slice(-2).join()).size,
    ).toBeGreaterThan(4)
  })

  it('has warm-ups of a kind before its counted cells, whatever the seed', () => {
    for (let seed = 0; seed < 40; seed++) {
      for (const { parts } of planOrder(cells, seed, none)) {
        for (const part of parts) {
          const seen = new Set<string>()
          for (const { factors, repetition } of part.cells) {
            const kind = String(factors.operation)
            if (repetition === 0) expect(seen.has(kind)).toBe(false)
            seen.add(kind)
          }
        }
      }
    }
  })

  it('leaves out what is done, and keeps the order of the rest', () => {
    const whole = idsOf(planOrder(cells, 5, none))
    const isDone = ({ id, repetition }: Cell) => repetition > 0 && whole.indexOf(id) < 70
    const left = planOrder(cells, 5, isDone)
    const done = new Set(cells.filter(isDone).map(({ id }) => id))
    const counted = (ids: readonly string[]) => ids.filter((id) => !done.has(id) && !id.endsWith('/0'))
    expect(counted(idsOf(left))).toEqual(counted(whole))
    expect(idsOf(left).filter((id) => done.has(id))).toEqual([])
  })

  it('has no stage for which nothing is left', () => {
    const isDone = ({ need }: Cell) => need.link !== 'wlan'
    expect(new Set(planOrder(cells, 6, isDone).map(({ need }) => need.link))).toEqual(new Set(['wlan']))
    expect(planOrder(cells, 6, () => true)).toEqual([])
  })
})

describe('cells that are left for a new stage', () => {
  const kind = [0, 1, 2].map((repetition) => aCell({ id: `small/${repetition}`, repetition }))
  const left = (...done: number[]) =>
    cellsLeft(kind, ({ repetition }) => done.includes(repetition)).map(({ repetition }) => repetition)

  it('has the warm-up of a kind again when counted cells of it are left', () => {
    expect(left(0, 1)).toEqual([0, 2])
  })

  it('has none when only the warm-up would be left', () => {
    expect(left(0, 1, 2)).toEqual([])
  })

  it('keeps a warm-up that is not done', () => {
    expect(left(1, 2)).toEqual([0])
  })
})
