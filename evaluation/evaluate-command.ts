// `shoal evaluate`: the paper's measurements, in a lab on this machine.
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Io } from '../src/cli/io.ts'
import { parseDuration } from '../src/model/compose/syntax/duration.ts'
import { ShoalError } from '../src/model/errors.ts'
import { describeRun } from './describe-run.ts'
import {
  expectedMs,
  type PaperCapability,
  paperCapabilities,
  type SensingMode,
  type SensingPlan,
  sensingModes,
} from './sensing/plan.ts'
import type { SensingRecord } from './sensing/records.ts'
import { renderSensing } from './sensing/render-sensing.ts'
import { RunFolder, readSamples } from './sensing/run-folder.ts'
import { runSensing } from './sensing/run-sensing.ts'
import { renderLength, SensingProgress } from './sensing/sensing-progress.ts'
import { tabulateSensing } from './sensing/sensing-table.ts'

interface SensingOptions {
  readonly mode: SensingMode | 'both'
  readonly for: number
  readonly every: number
  readonly capability: readonly PaperCapability[]
  readonly json?: true
  readonly output?: string
}

/** Longest wait for one answer: four transmissions by RFC 7252 §4.8 may take longer, and count as a failure then. */
const deadlineMs = 10_000

const shortestMs = 100
const longestMs = 86_400_000

export function evaluateCommand(io: Io): Command {
  const command = new Command('evaluate').description('the paper’s measurements, in a lab on this machine')
  command
    .command('sensing')
    .description('activates, reads and removes the sensing service for each capability, in both modes')
    .addOption(
      new Option('--mode <mode>', 'how it is run').choices([...sensingModes, 'both']).default('both'),
    )
    .addOption(
      new Option('--for <time>', 'how long each capability is read: 90s, 2m')
        .argParser(parseTime)
        .default(120_000, '120s'),
    )
    .addOption(
      new Option('--every <time>', 'from one GET to the next').argParser(parseTime).default(5000, '5s'),
    )
    .addOption(
      new Option('--capability <name...>', 'only these (default: all seven)').choices(paperCapabilities),
    )
    .option('-o, --output <folder>', 'of the raw samples (default: ./sensing-DATE-TIME)')
    .option('--json', 'print the run and its table as JSON')
    .action((options: SensingOptions) => evaluateSensing(io, options))
  return command
}

async function evaluateSensing(io: Io, options: SensingOptions): Promise<void> {
  const { mode, capability = paperCapabilities } = options
  const plan: SensingPlan = {
    modes: mode === 'both' ? sensingModes : [mode],
    capabilities: [...new Set(capability)],
    forMs: options.for,
    everyMs: options.every,
    deadlineMs,
  }
  const run = describeRun()
  const name = `sensing-${run.startedAt.slice(0, 19).replaceAll(':', '-')}`
  const folder = new RunFolder(resolve(options.output ?? name))
  folder.write('run.json', `${JSON.stringify({ ...run, plan }, undefined, 2)}\n`)
  io.err(`takes about ${renderLength(expectedMs(plan))}; raw samples are in ${folder.path}\n`)
  const watcher = new SensingProgress(io, plan)
  try {
    await runSensing({ plan, folder, dataFolder: io.env.SHOAL_LAB_DIR, signal: io.signal, watcher })
  } finally {
    watcher.stop()
    folder.close()
  }
  const samples = readSamples(folder.path)
  const rows = tabulateSensing(samples)
  folder.write('table.txt', renderSensing(rows))
  io.out(options.json ? `${JSON.stringify({ folder: folder.path, run, plan, rows })}\n` : renderSensing(rows))
  failWithoutActivation(samples)
}

/** After the table has been printed: the exit code says that it is not whole. */
function failWithoutActivation(samples: readonly SensingRecord[]): void {
  for (const record of samples) {
    if (record.type !== 'activation' || record.failure === undefined) continue
    throw new ShoalError('DEMO_FAILED', {
      action: 'activate',
      object: `sensing for ${record.capability}`,
      place: `${record.mode} mode`,
      reason: record.failure,
    })
  }
}

/** @returns milliseconds */
function parseTime(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= shortestMs && ms <= longestMs) return ms
  throw new InvalidArgumentError('It is a time such as 90s or 2m, from 100ms to 24h.')
}
