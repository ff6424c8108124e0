// Plain tables for terminals: columns padded to their widest cell, numbers to the right.

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly align?: 'left' | 'right'
}

/** Rows as aligned text, one line a row, title line first; an empty list gives the title line alone. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => [...(line[index] ?? '')].length)))
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const gap = ' '.repeat((widths[index] ?? 0) - [...text].length)
          return columns[index]?.align === 'right' ? gap + text : text + gap
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n')
}
