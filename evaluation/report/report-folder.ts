// The folder of a report: written whole or not at all, and nothing of anybody else's is touched.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ShoalError } from '../../src/model/errors.ts'
import { reportLine } from '../campaign/continue-line.ts'

/** Of a run, where none is named. */
export const usualReportFolder = 'report'

const reportNames = ['csv', 'figures', 'report.html', 'report.md', 'summary.json']

/** Of a folder in the making; one that is older was left by a process that was killed. */
const longestMakingMs = 60_000
const makingNames = ['next', 'before']

/**
 * @param files texts by their path in the folder
 * @param runs folders that it is the report of, for the next step
 * @throws ShoalError FILE_UNWRITABLE, also where the folder holds something that is no report
 */
export function writeReportFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
  runs: readonly string[],
): void {
  let made: string | undefined
  try {
    const isThere = assertReportFolder(folder, runs)
    mkdirSync(dirname(folder), { recursive: true })
    sweep(folder)
    made = mkdtempSync(join(dirname(folder), making(folder)))
    const next = join(made, 'next')
    for (const [path, content] of files) {
      mkdirSync(dirname(join(next, path)), { recursive: true })
      writeFileSync(join(next, path), content, { flush: true })
    }
    if (isThere) replace(folder, next, join(made, 'before'))
    else renameSync(next, folder)
  } catch (error) {
    if (error instanceof ShoalError) throw error
    throw unwritable(folder, error, runs)
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

/**
 * @returns whether there is a folder that a report may replace
 * @throws ShoalError FILE_UNWRITABLE where there is something else
 */
export function assertReportFolder(folder: string, runs: readonly string[]): boolean {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw unwritable(folder, error, runs)
  }
  const others = names.filter((name) => !reportNames.includes(name))
  if (others.length === 0) return true
  throw new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object: 'the report',
    place: folder,
    reason: `it holds what no report is made of: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' …' : ''}`,
    nextStep: `move that elsewhere, or name a new folder: ${reportLine(runs)} -o FOLDER`,
  })
}

/** What a process that was killed has left beside the folder. */
function sweep(folder: string): void {
  const above = dirname(folder)
  for (const name of readdirSync(above)) {
    if (!name.startsWith(making(folder)) || name.length !== making(folder).length + 6) continue
    const left = join(above, name)
    const stat = statSync(left, { throwIfNoEntry: false })
    if (stat?.isDirectory() !== true || Date.now() - stat.mtimeMs < longestMakingMs) continue
    if (readdirSync(left).every((each) => makingNames.includes(each))) rmSync(left, { recursive: true })
  }
}

/** How the name of a folder in the making begins; mkdtemp(3) adds six characters. */
function making(folder: string): string {
  return `.${basename(folder)}-`
}

function unwritable(folder: string, error: unknown, runs: readonly string[]): ShoalError {
  const isFull =
    error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  return new ShoalError('FILE_UNWRITABLE', {
    action: 'write',
    object: 'the report',
    place: folder,
    reason: error instanceof Error ? error.message : String(error),
    ...(isFull ? { nextStep: `make room, then: ${reportLine(runs)}` } : {}),
    cause: error,
  })
}
