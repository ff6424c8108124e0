// The report of runs, from their folders alone.
import { join } from 'node:path'
import type { Judgement } from '../claims/claim.ts'
import { usualReportFolder } from '../report/report-folder.ts'
import { writeReport } from '../report/write-report.ts'
import { readRun } from '../run/read-run.ts'
import { type DaqPower, withDaqPower } from '../run/with-daq-power.ts'
import type { Scenario } from '../scenarios/scenario.ts'

export interface MadeReport {
  /** Of the report. */
  readonly folder: string
  readonly cells: { readonly planned: number; readonly done: number; readonly failed: number }
  readonly judgements: readonly Pick<Judgement, 'id' | 'paper' | 'statement' | 'verdict' | 'reason'>[]
}

/**
 * @param folder of the report; left out: in the first run
 * @param daqs power that takes the place of what the hosts' samplers said
 * @throws ShoalError as `readRun`, `withDaqPower` and `writeReport` do; the signal's reason, and the report that is there stays as it is
 */
export async function makeReport(
  runFolders: readonly string[],
  folder: string | undefined,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  daqs: readonly DaqPower[] = [],
): Promise<MadeReport> {
  const [first] = runFolders
  if (first === undefined) throw new RangeError('a report needs a run')
  const runs = runFolders.map((each) => withDaqPower(readRun(each, scenarios), daqs))
  const target = folder ?? join(first, usualReportFolder)
  const { judgements, setting } = await writeReport(runs, target, signal)
  const { planned, done, failed } = setting.cells
  return {
    folder: target,
    cells: { planned, done, failed: failed.length },
    judgements: judgements.map(({ id, paper, statement, verdict, reason }) => ({
      id,
      paper,
      statement,
      verdict,
      reason,
    })),
  }
}
