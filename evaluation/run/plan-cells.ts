// Every cell of a campaign, in the order of its scenarios.
import type { Cell } from '../scenarios/scenario.ts'
import type { Campaign } from './run.ts'

/** Pure: the same at every call. Throws where two cells have one id, which is a mistake of a scenario. */
export function planCells({ scenarios }: Campaign): readonly Cell[] {
  const cells = scenarios.flatMap(({ scenario, settings }) => scenario.plan(settings))
  const ids = new Set<string>()
  for (const { id } of cells) {
    if (ids.has(id)) throw new Error(`two cells have the id ${id}`)
    ids.add(id)
  }
  return cells
}
