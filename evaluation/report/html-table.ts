// A table of texts as HTML that scrolls within its own width.
import { html, type Markup } from './html.ts'
import type { TextTable } from './text-table.ts'

const numberPattern = /^[−-]?[\d,.]+(e[+-]?\d+)?( to [−-]?[\d,.]+(e[+-]?\d+)?)?$|^–$/

/** Columns of numbers stand to the right; a column of long texts may break anywhere. */
export function renderTable({ title, head, rows }: TextTable): Markup {
  const kinds = head.map((_, column) => columnClass(rows.map((row) => row[column] ?? '')))
  return html`<div class="scroll" tabindex="0"><table><caption>${title}</caption><thead><tr>${head.map(
    (name, column) => html`<th scope="col" class="${kinds[column]}">${name}</th>`,
  )}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell, column) => html`<td class="${kinds[column]}">${cell}</td>`)}</tr>
`,
)}</tbody></table></div>
`
}

function columnClass(cells: readonly string[]): string {
  if (cells.every((cell) => numberPattern.test(cell))) return 'number'
  return cells.some((cell) => cell.length > 40) ? 'long' : 'text'
}
