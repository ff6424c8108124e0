// A run from its folder, for whoever computes from it. Nothing is written, and a run that still goes on can be read.
import { join } from 'node:path'
import { ShoalError } from '../../src/model/errors.ts'
import { readResolvedCampaign } from '../campaign/resolved-campaign.ts'
import type { Cell, RawRecord, Scenario } from '../scenarios/scenario.ts'
import { lineDamaged, readLines, readText } from './line-file.ts'
import { planCells } from './plan-cells.ts'
import { readFacts, readHosts, readOutcomes } from './read-files.ts'
import type { Campaign, Run } from './run.ts'
import { campaignFile, cellsFile, rawFile } from './run-files.ts'

/**
 * @param scenarios those that this version knows
 * @throws ShoalError FILE_UNREADABLE, RUN_DAMAGED with file and line, CAMPAIGN_INVALID where this version does not know its campaign
 */
export function readRun(folder: string, scenarios: readonly Scenario[]): Run {
  const facts = readFacts(folder)
  const campaign = readCampaign(folder, scenarios)
  const cells = planCells(campaign)
  const outcomes = readOutcomes(folder)
  const hosts = readHosts(folder)
  const planned = new Set(cells.map(({ id }) => id))
  for (const { id, stage, state } of outcomes.values()) {
    // Left out silently, its numbers would be missing from every figure.
    if (!planned.has(id)) throw damaged(join(folder, cellsFile), `its campaign has no cell ${id}`)
    if (state === 'done' && hosts[stage] === undefined)
      throw damaged(join(folder, cellsFile), `${id}: there is no stage ${stage}`)
  }
  return {
    folder,
    facts,
    campaign,
    cells: cells.map((cell) => ({ cell, outcome: outcomes.get(cell.id) })),
    hosts,
    records: (cell) => readRecords(folder, cell),
  }
}

/** As it was resolved when the run began. Throws ShoalError FILE_UNREADABLE, CAMPAIGN_INVALID. */
export function readCampaign(folder: string, scenarios: readonly Scenario[]): Campaign {
  const path = join(folder, campaignFile)
  return readResolvedCampaign(readText(path), path, scenarios)
}

/** The runner's own `cell` line, of which everything is known, is left out. */
function readRecords(folder: string, cell: Cell): readonly RawRecord[] {
  const path = rawFile(folder, cell)
  const lines = readLines(path)
  for (const [index, { type, elapsed_ms }] of lines.entries()) {
    if (typeof type === 'string' && typeof elapsed_ms === 'number') continue
    throw lineDamaged(path, index + 1, 'a record has a type and elapsed_ms')
  }
  if (lines[0]?.type !== 'cell' || lines[0].id !== cell.id) {
    throw lineDamaged(path, 1, `expected the cell ${cell.id}`)
  }
  return lines.slice(1) as unknown as readonly RawRecord[]
}

function damaged(object: string, reason: string): ShoalError {
  return new ShoalError('RUN_DAMAGED', { action: 'read', object, reason })
}
