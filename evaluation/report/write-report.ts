// The one place that writes a report: whole or not at all, and nothing of anybody else's is touched.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ShoalError } from '../../src/model/errors.ts'
import { readClaims } from '../claims/claim-file.ts'
import type { Run } from '../run/run.ts'
import { drawPanels, joinPanels } from './draw-figure.ts'
import { renderHtml } from './render-html.ts'
import { renderJson } from './render-json.ts'
import { figurePath, renderMarkdown } from './render-markdown.ts'
import { renderCourses, renderObservations } from './report-csv.ts'
import { type Summary, summarise } from './summarise.ts'

/**
 * @param folder is made; a report that is there is replaced
 * @throws ShoalError RESULTS_MIXED, RUN_DAMAGED, FILE_UNREADABLE; FILE_UNWRITABLE, also where the folder holds something that is no report
 */
export async function writeReport(runs: readonly Run[], folder: string): Promise<Summary> {
  const summary = summarise(runs, readClaims())
  writeFolder(resolve(folder), await renderReport(summary))
  return summary
}

/** Texts by their path in the folder of the report. The same bytes for the same summary. */
export async function renderReport(summary: Summary): Promise<ReadonlyMap<string, string>> {
  const drawings = new Map<string, Awaited<ReturnType<typeof drawPanels>>>()
  const files = new Map<string, string>()
  for (const figure of summary.figures) {
    const panels = await drawPanels(figure)
    const joined = joinPanels(figure, panels)
    drawings.set(figure.id, panels)
    if (joined !== undefined) files.set(figurePath(figure.id), joined)
  }
  files.set('csv/observations.csv', renderObservations(summary.observed))
  files.set('csv/courses.csv', renderCourses(summary.observed))
  files.set('summary.json', renderJson(summary))
  files.set('report.md', renderMarkdown(summary))
  files.set('report.html', renderHtml(summary, drawings))
  return files
}

const reportNames = ['csv', 'figures', 'report.html', 'report.md', 'summary.json']

function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  let made: string | undefined
  try {
    const isThere = refuseOther(folder)
    mkdirSync(dirname(folder), { recursive: true })
    made = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`))
    const next = join(made, 'next')
    for (const [path, content] of files) {
      mkdirSync(dirname(join(next, path)), { recursive: true })
      writeFileSync(join(next, path), content, { flush: true })
    }
    if (isThere) replace(folder, next, join(made, 'before'))
    else renameSync(next, folder)
  } catch (error) {
    if (error instanceof ShoalError) throw error
    throw unwritable(folder, error)
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true, force: true })
  }
}

/** What was there goes back where the new one cannot take its place. */
function replace(folder: string, next: string, before: string): void {
  renameSync(folder, before)
  try {
    renameSync(next, folder)
  } catch (error) {
    renameSync(before, folder)
    throw error
  }
}

/** @returns whether there is a folder that a report may replace */
function refuseOther(folder: string): boolean {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
  const others = names.filter((name) => !reportNames.includes(name))
  if (others.length === 0) return true
  throw new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object: 'the report',
    place: folder,
    reason: `it holds what no report is made of: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' …' : ''}`,
    nextStep: 'name a new folder',
  })
}

function unwritable(folder: string, error: unknown): ShoalError {
  const isFull =
    error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  return new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object: 'the report',
    place: folder,
    reason: error instanceof Error ? error.message : String(error),
    ...(isFull ? { nextStep: 'make room, then: shoal report FOLDER' } : {}),
    cause: error,
  })
}
