// One figure of the paper as HTML: its panels, how it was taken, and its numbers.
import type { Drawing } from './drawing.ts'
import type { Figure } from './figure.ts'
import { figureTables } from './figure-tables.ts'
import { html, Markup } from './html.ts'
import { renderOrigins } from './html-claims.ts'
import { renderTable } from './html-table.ts'
import { wordsOfFailures } from './report-words.ts'

export function renderFigure(figure: Figure, panels: readonly Drawing[]): Markup {
  const { id, paper, title, caption, origins, failures } = figure
  return html`<figure class="card" id="${id}">
<h3>${paper}: ${title}</h3>
<div class="line">${renderOrigins(origins)}${failuresWord(failures)}</div>
${
  panels.length === 0
    ? html`<p><b>No data: </b>none of its cells was run to its end.</p>
`
    : html`<div class="panels">${panels.map(
        ({ svg }) => html`<div class="panel">${new Markup(svg)}</div>
`,
      )}</div>
`
}<figcaption>${caption}</figcaption>
${
  panels.length === 0
    ? undefined
    : html`<details><summary>Its numbers</summary>
${figureTables(figure).map(renderTable)}</details>
`
}</figure>
`
}

function failuresWord(failures: number): Markup | undefined {
  if (failures === 0) return undefined
  return html`<span class="verdict fails">✗ ${failures} failed</span><span class="soft">(cells or requests): ${wordsOfFailures}; see <a href="#failures">failures</a></span>`
}
