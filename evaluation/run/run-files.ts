// What lies where in the folder of a run.
import { join } from 'node:path'
import type { Cell } from '../scenarios/scenario.ts'

export const factsFile = 'run.json'

export const campaignFile = 'campaign.json'

/** CellOutcome, a line each. */
export const cellsFile = 'cells.ndjson'

/** `{stage, need, hosts}` of each stage that was opened, in the order of their numbers. */
export const hostsFile = 'hosts.ndjson'

/** Parts of an id: letters, digits, dots and dashes, a letter or digit first, so that none leads out of the folder. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9.-]*(\/[A-Za-z0-9][A-Za-z0-9.-]*)*$/

/** `raw/computation/wlan/pair/average/3.ndjson` */
export function rawFile(folder: string, { id }: Cell): string {
  if (!idPattern.test(id)) throw new Error(`a cell cannot have the id ${JSON.stringify(id)}`)
  return join(folder, 'raw', `${id}.ndjson`)
}
