// The whole report as one page that asks for nothing else: no script, no file beside it, no address.
import type { Drawing } from './drawing.ts'
import { countFailures } from './failures.ts'
import { html, Markup } from './html.ts'
import { renderClaims, renderCounts } from './html-claims.ts'
import { renderFigure } from './html-figure.ts'
import { renderTable } from './html-table.ts'
import { reportStyle } from './report-style.ts'
import { repeatCommand, repeatWords, sections, wordsOfOrigin } from './report-words.ts'
import type { Setting } from './setting.ts'
import { clockStepTable, failureTable, gapTable, hostTable, settingRows } from './setting-rows.ts'
import type { Summary } from './summarise.ts'

/** @param drawings of each figure by its id */
export function renderHtml(summary: Summary, drawings: ReadonlyMap<string, readonly Drawing[]>): string {
  const { setting, figures, judgements } = summary
  const { name } = setting.campaign
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Shoal evaluation: ${name}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body><main>
<h1>Shoal evaluation: ${name}</h1>
<p>${sections.lead}</p>
<p>Of the paper’s ${judgements.length} claims, with these numbers:</p>
${renderCounts(judgements)}<nav>${[
    html`<a href="#claims">Claims</a>`,
    ...figures.map(
      ({ id, paper, title }) => html`<a href="#${id}">${/^beyond/i.test(paper) ? title : paper}</a>`,
    ),
    html`<a href="#setting">Setting</a>`,
    html`<a href="#failures">Failures</a>`,
    html`<a href="#repeat">Repeat it</a>`,
  ]}</nav>
<h2 id="setting">What was run, and where</h2>
${renderSetting(setting)}
<h2 id="claims">Claims of the paper</h2>
<p>${sections.claims}</p>
${renderClaims(judgements)}
<h2 id="figures">Figures</h2>
<p>${sections.figures}</p>
${figures.map((figure) => renderFigure(figure, drawings.get(figure.id) ?? []))}
<h2 id="failures">Failures and gaps</h2>
${renderFailures(summary)}
<h2 id="repeat">How to repeat it</h2>
<div class="card"><p>${repeatWords}</p>
<pre>${repeatCommand(setting)}</pre>
<details><summary>The campaign, every setting in force</summary>
<pre>${campaignText(setting)}</pre></details></div>
</main></body>
</html>
`
  return page.text
}

function renderSetting(setting: Setting): Markup {
  return html`<div class="card"><dl>${settingRows(setting).map(
    ([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>
`,
  )}</dl>
<details><summary>Hosts, and where each one’s power comes from</summary>
${renderTable(hostTable(setting))}</details>
<p class="soft">${wordsOfOrigin}</p></div>
`
}

function renderFailures({ setting, observed }: Summary): Markup {
  const failures = countFailures(observed)
  const tables = [failureTable(failures), gapTable(setting), clockStepTable(setting)]
  const full = tables.filter(({ rows }) => rows.length > 0)
  if (full.length === 0) return html`<p class="card">${sections.noFailures}</p>`
  return html`<div class="card">${full.map(renderTable)}</div>`
}

function campaignText({ campaign }: Setting): string {
  const { name, seed, board, scenarios } = campaign
  const settings = Object.fromEntries(scenarios.map((each) => [each.name, each.settings]))
  return JSON.stringify({ name, seed, board, scenarios: settings }, undefined, 2)
}
