// The paper's claims with their verdicts, as HTML.
import { type Judgement, type Verdict, verdicts } from '../claims/claim.ts'
import type { Origin } from '../scenarios/observation.ts'
import { comparisonTable } from './comparison-table.ts'
import { html, type Markup } from './html.ts'
import { renderTable } from './html-table.ts'
import { countVerdicts } from './verdict-counts.ts'

/** Told by word and sign, not by colour alone. */
const looks: Readonly<Record<Verdict, { readonly style: string; readonly sign: string }>> = {
  holds: { style: 'holds', sign: '✓' },
  'does not hold': { style: 'fails', sign: '✗' },
  'not decidable': { style: 'open', sign: '?' },
}

export function renderCounts(judgements: readonly Judgement[]): Markup {
  const counts = countVerdicts(judgements)
  return html`<div class="counts">${verdicts.map(
    (verdict) =>
      html`<div class="${looks[verdict].style}"><b>${looks[verdict].sign} ${counts[verdict]}</b>${verdict}</div>`,
  )}</div>
`
}

export function renderClaims(judgements: readonly Judgement[]): Markup {
  return html`${judgements.map(renderClaim)}`
}

export function renderOrigins(origins: readonly Origin[]): Markup {
  return html`${origins.map((origin) => html`<span class="origin">${origin}</span> `)}`
}

function renderClaim(judgement: Judgement): Markup {
  const { id, paper, statement, test, verdict, reason, comparisons, origins } = judgement
  return html`<article class="card claim" id="claim-${id}">
<div class="line"><span class="verdict ${looks[verdict].style}">${looks[verdict].sign} ${verdict}</span> <span class="soft">${paper}</span> ${renderOrigins(origins)}</div>
<h3>${statement}</h3>
<p>${reason}</p>
<p class="soft">Test: ${test}</p>
${
  comparisons.length === 0
    ? undefined
    : html`<details><summary>${comparisons.length === 1 ? 'One comparison' : `${comparisons.length} comparisons`}</summary>
${renderTable(comparisonTable(judgement))}</details>
`
}</article>
`
}
