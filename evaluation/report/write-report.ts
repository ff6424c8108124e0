// Runs become a report: every file of it, drawn and rendered, and then the folder.
import { resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readClaims } from '../claims/claim-file.ts'
import type { Run } from '../run/run.ts'
import { drawPanels, joinPanels } from './draw-figure.ts'
import { renderHtml } from './render-html.ts'
import { renderJson } from './render-json.ts'
import { figurePath, renderMarkdown } from './render-markdown.ts'
import { renderCourses, renderObservations } from './report-csv.ts'
import { writeReportFolder } from './report-folder.ts'
import { type Summary, summarise } from './summarise.ts'

/**
 * @param folder is made; a report that is there is replaced
 * @throws ShoalError RESULTS_MIXED, RUN_DAMAGED, FILE_UNREADABLE; FILE_UNWRITABLE, also where the folder holds something that is no report;
 * the signal's reason, and nothing is written then
 */
export async function writeReport(
  runs: readonly Run[],
  folder: string,
  signal?: AbortSignal,
): Promise<Summary> {
  const summary = summarise(runs, readClaims())
  const files = await renderReport(summary, signal)
  writeReportFolder(
    resolve(folder),
    files,
    runs.map((run) => run.folder),
  )
  return summary
}

/** Texts by their path in the folder of the report. The same bytes for the same summary. */
export async function renderReport(
  summary: Summary,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const drawings = new Map<string, Awaited<ReturnType<typeof drawPanels>>>()
  const files = new Map<string, string>()
  for (const figure of summary.figures) {
    // Drawing leaves no room for a signal to be heard by itself.
    await nextTurn()
    signal?.throwIfAborted()
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
