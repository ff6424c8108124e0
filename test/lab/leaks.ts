// Fails the run when something of a lab or an engine is left that was not there before.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultDataFolder, labPaths } from '../../lab/lab-paths.ts'
import { labNames } from '../../lab/state.ts'
import { takeDown } from '../../lab/take-down.ts'
import { type InventoryScope, labCgroups, takeInventory } from './inventory.ts'

/** The kernel takes a namespace's links away a little after its last process. */
const settleMs = 10_000

/** Vitest calls it once before all test files, and what it returns once after them. */
export default function guardAgainstLeaks(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-labs-'))
  const mark = randomBytes(8).toString('hex')
  process.env.SHOAL_LAB_DIR = folder
  process.env.SHOAL_TEST_RUN = mark
  const all: InventoryScope = {
    dataFolders: [folder, defaultDataFolder],
    mark: `SHOAL_TEST_RUN=${mark}`,
    foreign: new Set(),
  }
  const scope = { ...all, foreign: new Set(labCgroups(all)) }
  const before = takeInventory(scope)
  return async () => {
    const left = await whatStays(scope, before)
    for (const name of labNames(folder)) await takeDown(labPaths(folder, name))
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0)
      throw new Error(`the tests left behind:\n${left.map((line) => `  ${line}`).join('\n')}`)
  }
}

async function whatStays(scope: InventoryScope, before: ReadonlySet<string>): Promise<readonly string[]> {
  const deadline = Date.now() + settleMs
  for (;;) {
    const left = [...takeInventory(scope)].filter((line) => !before.has(line))
    if (left.length === 0 || Date.now() > deadline) return left
    await sleep(100)
  }
}
