// `shoal report`: the report of one or several runs, made anew from their raw records.
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Io } from '../src/cli/io.ts'

interface ReportOptions {
  readonly output?: string
  readonly daq: readonly string[]
  readonly daqConfig: readonly string[]
  readonly json?: true
}

export function reportCommand(io: Io): Command {
  return new Command('report')
    .description('makes the report of one or several runs of the same campaign anew')
    .argument('<runs...>', 'folders of shoal evaluate')
    .option('-o, --output <folder>', 'of the report (default: report in the first run)')
    .option(
      '--daq <host=file>',
      'power that a DAQ measured of a host: its CSV file; once for each host',
      also,
      [],
    )
    .option(
      '--daq-config <file>',
      'its columns, in YAML; HOST=FILE where hosts differ: docs/telemetry.md',
      also,
      [],
    )
    .option('--json', 'print the verdicts as JSON')
    .action(async (folders: string[], { output, json, ...options }: ReportOptions) => {
      const { makeReport } = await import('./campaign/make-report.ts')
      const { readDaqPower } = await import('./campaign/read-daq.ts')
      const { scenarios } = await import('./scenarios/all.ts')
      const runs = [...new Set(folders.map((folder) => resolve(folder)))]
      const folder = output === undefined ? undefined : resolve(output)
      const report = await makeReport(
        runs,
        folder,
        scenarios,
        io.signal,
        readDaqPower(options.daq, options.daqConfig),
      )
      const { renderReport } = await import('./campaign/render-report.ts')
      io.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report))
    })
}

/** An option that may be there several times. */
function also(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
