// A campaign in a lab whose hosts lose their power in the middle of cells: what they carried fails and is counted, the rest goes on.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labStages } from '../../evaluation/hosts/lab-stages.ts'
import { readRun } from '../../evaluation/run/read-run.ts'
import type { Campaign, Run } from '../../evaluation/run/run.ts'
import { runCampaign } from '../../evaluation/run/run-campaign.ts'
import { RunFolder } from '../../evaluation/run/run-folder.ts'
import { idle } from '../../evaluation/scenarios/idle.ts'
import { responseTime } from '../../evaluation/scenarios/response-time.ts'
import type { Cell, Scenario } from '../../evaluation/scenarios/scenario.ts'
import { Lab } from '../../lab/lab.ts'
import { someFacts } from '../unit/evaluation/run/small-parts.ts'
import { until } from '../until.ts'
import { labFolder } from './lab-folder.ts'

const labName = 'eval-faults'
const requests = 200
const above = mkdtempSync(join(tmpdir(), 'shoal-faults-'))
const path = join(above, 'run')
const scenarios = [idle as Scenario, responseTime as Scenario]
const campaign: Campaign = {
  name: 'faults',
  // Draws response-time first.
  seed: 2,
  board: 'pi3b',
  scenarios: [
    { scenario: idle as Scenario, settings: settingsOf(idle as Scenario, { repetitions: 3, forSeconds: 3 }) },
    {
      scenario: responseTime as Scenario,
      settings: settingsOf(responseTime as Scenario, {
        operations: ['average'],
        sizes: [1000],
        repetitions: requests,
      }),
    },
  ],
}

function settingsOf({ settings }: Scenario, given: object): unknown {
  return settings.parse({ ...given, links: ['ethernet'] })
}

/** @param onBegin what happens to the lab meanwhile */
async function run(folder: RunFolder, onBegin: (cell: Cell) => Promise<void>): Promise<string[]> {
  const lines: string[] = []
  const happenings: Promise<void>[] = []
  try {
    await runCampaign({
      campaign,
      folder,
      stages: labStages({ board: 'pi3b', dataFolder: labFolder(), name: labName }),
      signal: AbortSignal.timeout(280_000),
      now: () => performance.now(),
      wallMs: Date.now,
      watcher: {
        say: (line) => lines.push(line),
        cellBegins: (cell) => {
          lines.push(`begins ${cell.id}`)
          happenings.push(onBegin(cell))
        },
        cellEnds: ({ id }, { state, reason }) => lines.push(`${state} ${id} ${reason ?? ''}`),
      },
    })
    await Promise.all(happenings)
  } finally {
    folder.close()
  }
  return lines
}

async function pullThePlug(host: string): Promise<void> {
  const lab = await Lab.open(labName, labFolder())
  await lab.host(host).powerOff()
}

const raw = join(path, 'raw/response-time/ethernet/1.ndjson')

function outcomes({ cells }: Run) {
  return cells.map(({ cell, outcome }) => ({ id: cell.id, state: outcome?.state, reason: outcome?.reason }))
}

afterAll(() => rmSync(above, { recursive: true, force: true }))

describe('a campaign whose hosts lose their power', () => {
  let lines: readonly string[]

  beforeAll(async () => {
    let idleCells = 0
    lines = await run(RunFolder.create(path, someFacts(), campaign), async ({ scenario }) => {
      if (scenario === 'idle' && ++idleCells === 2) await pullThePlug('manager')
      if (scenario !== 'response-time') return
      const isMeasured = () => existsSync(raw) && readFileSync(raw, 'utf8').includes('"request"')
      await until('a request is answered', isMeasured, 60_000)
      await pullThePlug('worker1')
    })
  }, 300_000)

  it('fails the cells that they carried, were it only as an idle host, and measures all others', () => {
    const ended = outcomes(readRun(path, scenarios))
    expect(ended.filter(({ state }) => state === 'done').length, lines.join('\n')).toBe(2)
    const failed = ended.filter(({ state }) => state === 'failed')
    expect(failed.map(({ id }) => id.split('/')[0]).sort()).toEqual(['idle', 'response-time'])
    expect(failed.find(({ id }) => id.startsWith('idle'))?.reason).toBe('manager did not answer any more')
    expect(failed.find(({ id }) => id.startsWith('response-time'))?.reason).toBeTruthy()
  })

  it('stands on a new stage after each, with the facts of all its hosts', () => {
    const { hosts } = readRun(path, scenarios)
    expect(hosts.length).toBe(3)
    for (const stage of hosts)
      expect(stage.map(({ name }) => name).sort()).toEqual(['client', 'manager', 'worker1'])
  })

  it('has samples of every host in the cells that are done', () => {
    const read = readRun(path, scenarios)
    for (const { cell, outcome } of read.cells) {
      if (outcome?.state !== 'done') continue
      const samples = read.records(cell).filter(({ type }) => type === 'sample')
      expect(new Set(samples.map(({ host }) => host))).toEqual(new Set(['client', 'manager', 'worker1']))
    }
  })

  it('measures what failed with the next command, and nothing else', async () => {
    const again = await run(RunFolder.resume(path, someFacts()), async () => {})
    expect(again.filter((line) => line.startsWith('begins')).length).toBe(2)
    const read = readRun(path, scenarios)
    expect(
      outcomes(read).map(({ state }) => state),
      again.join('\n'),
    ).toEqual(['done', 'done', 'done', 'done'])
    const [cell] = read.cells
      .filter((each) => each.cell.scenario === 'response-time')
      .map((each) => each.cell)
    if (cell === undefined) throw new Error('no cell')
    expect(read.records(cell).filter(({ type }) => type === 'request').length).toBeGreaterThanOrEqual(
      2 * requests,
    )
  }, 300_000)
})
