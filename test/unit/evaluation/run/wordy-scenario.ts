// A scenario of one kind of cell that emits what it is told to; the process that measures and the test that reads share it.
import type { CellContext, Scenario } from '../../../../evaluation/scenarios/scenario.ts'
import { aCell, aScenario } from './small-parts.ts'

export function wordyScenario(cells: number, act: (emit: CellContext['emit']) => Promise<void>): Scenario {
  return aScenario({
    name: 'wordy',
    cells: Array.from({ length: cells }, (_, index) =>
      aCell({ id: `wordy/${index + 1}`, scenario: 'wordy', repetition: index + 1 }),
    ),
    run: (_cell, { emit }) => act(emit),
  })
}
