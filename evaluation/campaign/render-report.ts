// What a person sees of a report at once: the verdict on each claim of the paper, and where the rest is.
import { join } from 'node:path'
import { renderTable } from '../../src/cli/table.ts'
import { verdicts } from '../claims/claim.ts'
import { nearPath } from './continue-line.ts'
import type { MadeReport } from './make-report.ts'

export function renderReport({ folder, judgements, cells }: MadeReport): string {
  const table = renderTable(
    [
      { title: 'VERDICT', cell: ({ verdict }) => verdict },
      { title: 'SECTION', cell: ({ paper }) => paper },
      // Last, since it is the longest.
      { title: 'CLAIM OF THE PAPER', cell: ({ statement }) => statement },
    ],
    judgements,
  )
  const counts = verdicts.map(
    (verdict) => `${verdict}: ${judgements.filter((each) => each.verdict === verdict).length}`,
  )
  const missing = cells.planned - cells.done - cells.failed
  const others = [
    ...(cells.failed > 0 ? [`${cells.failed} failed`] : []),
    ...(missing > 0 ? [`${missing} not run`] : []),
  ]
  return [
    table,
    `${counts.join('; ')}\n`,
    `${[`${cells.done} of ${cells.planned} cells done`, ...others].join(', ')}\n`,
    `report: ${nearPath(join(folder, 'report.html'))}\n`,
  ].join('')
}
