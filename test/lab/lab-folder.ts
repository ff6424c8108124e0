// Where the labs of a test run lie: a folder of the run's own, so that what it leaves is told from other labs of the machine.
import process from 'node:process'

/** Set by the run's leak check before any test file is loaded. */
export function labFolder(): string {
  const folder = process.env.SHOAL_LAB_DIR
  if (folder === undefined)
    throw new Error('the leak check (test/lab/leaks.ts) has not run: use vitest.real.config.ts')
  return folder
}
