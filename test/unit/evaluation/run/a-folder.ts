// A folder for one test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Gone with the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
