// The report as Markdown, with the figures as files beside it.

import type { Judgement } from '../claims/claim.ts'
import { verdicts } from '../claims/claim.ts'
import { comparisonTable } from './comparison-table.ts'
import { countFailures } from './failures.ts'
import type { Figure } from './figure.ts'
import { figureTables } from './figure-tables.ts'
import { codeBlock, renderMarkdownTable, escapeMarkdown as text } from './markdown.ts'
import { repeatCommand, repeatWords, sections, wordsOfFailures, wordsOfOrigin } from './report-words.ts'
import { clockStepTable, failureTable, gapTable, hostTable, settingRows } from './setting-rows.ts'
import type { Summary } from './summarise.ts'
import type { TextTable } from './text-table.ts'
import { countVerdicts } from './verdict-counts.ts'

/** Paths of the report's folder, relative to it. */
export const figurePath = (id: string): string => `figures/${id}.svg`

export function renderMarkdown(summary: Summary): string {
  const { setting, figures, judgements } = summary
  const counts = countVerdicts(judgements)
  const parts = [
    `# Shoal evaluation: ${text(setting.campaign.name)}\n`,
    `${sections.lead}\n`,
    '## What was run, and where\n',
    renderMarkdownTable({ title: '', head: ['', ''], rows: settingRows(setting) }),
    folded('Hosts, and where each one’s power comes from', [hostTable(setting)]),
    `${wordsOfOrigin}\n`,
    '## Claims of the paper\n',
    `${sections.claims}\n`,
    `${verdicts.map((verdict) => `**${counts[verdict]}** ${verdict}`).join(' · ')}\n`,
    renderMarkdownTable({
      title: '',
      head: ['verdict', 'claim', 'paper', 'origin', 'what decided it'],
      rows: judgements.map(({ verdict, statement, paper, origins, reason }) => [
        verdict,
        statement,
        paper,
        origins.join(', '),
        reason,
      ]),
    }),
    ...judgements.map(renderJudgement),
    '## Figures\n',
    `${sections.figures}\n`,
    ...figures.map(renderFigure),
    '## Failures and gaps\n',
    renderFailures(summary),
    '## How to repeat it\n',
    `${repeatWords}\n`,
    codeBlock(repeatCommand(setting)),
  ]
  return parts.join('\n')
}

function renderJudgement(judgement: Judgement): string {
  const { statement, test, comparisons } = judgement
  const table = comparisons.length === 0 ? '' : `${renderMarkdownTable(comparisonTable(judgement))}\n`
  return `<details><summary>${text(statement)}</summary>\n\nTest: ${text(test)}\n\n${table}</details>\n`
}

function renderFigure(figure: Figure): string {
  const { id, paper, title, caption, origins, failures, panels } = figure
  const heading = `${text(paper)}: ${text(title)}`
  const failed = failures === 0 ? '' : ` · ${failures} failed (cells or requests): ${wordsOfFailures}`
  return [
    `### ${heading}\n`,
    panels.length === 0
      ? '**No data:** none of its cells was run to its end.\n'
      : `![${heading}](${figurePath(id)})\n`,
    `*${[...origins].join(', ')}*${failed}\n`,
    `${text(caption)}\n`,
    ...(panels.length === 0 ? [] : [folded('Its numbers', figureTables(figure))]),
  ].join('\n')
}

function renderFailures({ setting, observed }: Summary): string {
  const tables = [failureTable(countFailures(observed)), gapTable(setting), clockStepTable(setting)]
  const full = tables.filter(({ rows }) => rows.length > 0)
  if (full.length === 0) return `${sections.noFailures}\n`
  return full.map(titled).join('\n')
}

function folded(title: string, tables: readonly TextTable[]): string {
  return `<details><summary>${text(title)}</summary>\n\n${tables.map(titled).join('\n')}\n</details>\n`
}

function titled(table: TextTable): string {
  return `**${text(table.title)}**\n\n${renderMarkdownTable(table)}`
}
