// The matrix of a campaign as a table for terminals: one line a factor.
import { type Column, renderTable } from '../../src/cli/table.ts'
import type { Campaign } from '../run/run.ts'
import { renderLength } from './length.ts'
import type { Matrix, MatrixRow } from './matrix.ts'

/** The first line of a scenario carries its numbers, those after it one factor each. */
interface Line {
  readonly row?: MatrixRow
  readonly factor: string
}

const columns: readonly Column<Line>[] = [
  { title: 'SCENARIO', cell: ({ row }) => row?.scenario ?? '' },
  { title: 'OF THE PAPER', cell: ({ row }) => row?.paper ?? '' },
  { title: 'FACTORS', cell: ({ factor }) => factor },
  { title: 'CELLS', align: 'right', cell: ({ row }) => numberOf(row?.cells) },
  { title: 'REPEATED', align: 'right', cell: ({ row }) => numberOf(row?.repetitions) },
  { title: 'WARM-UPS', align: 'right', cell: ({ row }) => numberOf(row?.warmUps) },
  {
    title: 'TIME',
    align: 'right',
    cell: ({ row }) => (row === undefined ? '' : renderLength(row.expectedMs)),
  },
]

export function renderMatrix({ name, seed, board }: Campaign, matrix: Matrix): string {
  const lines = matrix.scenarios.flatMap((row): Line[] => {
    const [first, ...others] = row.factors.map((factor) => `${factor.name}: ${factor.values.join(', ')}`)
    return [{ row, factor: first ?? '-' }, ...others.map((factor) => ({ factor }))]
  })
  return [
    `campaign ${name}, seed ${seed}; hosts of a lab draw power as the model of ${board} says\n`,
    renderTable(columns, lines),
    `${matrix.stages} stages, set up in about ${renderLength(matrix.stagesMs)}\n`,
    renderExpected(matrix),
  ].join('\n')
}

/** `132 cells on 8 stages take about 7 min 40 s` */
export function renderExpected({ cells, stages, expectedMs }: Matrix): string {
  const words = `${cells} ${cells === 1 ? 'cell' : 'cells'} on ${stages} ${stages === 1 ? 'stage' : 'stages'}`
  return `${words} take about ${renderLength(expectedMs)}\n`
}

function numberOf(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}
