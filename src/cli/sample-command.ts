// `shoal sample`: what this machine does, a line a second.
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Io } from './io.ts'
import type { SampleFlags } from './sample.ts'
import type { SamplePowerFlags } from './sample-power.ts'

export function sampleCommand(io: Io): Command {
  return new Command('sample')
    .description(
      'records CPU, load, memory, network and power of this machine and its containers, as JSON lines',
    )
    .option('--every <seconds>', 'between two samples', readSeconds, 1)
    .option('--for <seconds>', 'ends by itself after that', readSeconds)
    .addOption(
      new Option(
        '--source <kind>',
        'machine: all of it; cgroup: the part that this process is in; auto: what of the two a node is here',
      )
        .choices(['auto', 'machine', 'cgroup'])
        .default('auto'),
    )
    .option(
      '--power <source>',
      'auto, none, hwmon:FOLDER, powercap:FOLDER, tasmota:URL, shelly:URL, tasmota-mqtt:mqtt://BROKER/PLUG, model:pi3b …',
      'auto',
    )
    .option('--csv', 'as CSV, with the titles that dstat gives its columns')
    .action(async (flags: SampleFlags) => (await import('./sample.ts')).sample(io, flags))
    .addCommand(powerCommand(io))
}

function powerCommand(io: Io): Command {
  return new Command('power')
    .description('prints a recorded run with the power that a DAQ measured meanwhile, read from its CSV file')
    .argument('<run>', 'what shoal sample wrote')
    .requiredOption('--daq <file>', 'the CSV file of the DAQ')
    .requiredOption('--config <file>', 'its columns, shunt and start, in YAML: docs/telemetry.md')
    .option('--replace', 'also where the run has power of another source already')
    .action(async (run: string, flags: SamplePowerFlags) =>
      (await import('./sample-power.ts')).samplePower(io, run, flags),
    )
}

/** Node's timers wait no longer, in whole seconds: 2^31 - 1 ms. */
const mostSeconds = 2_147_483

function readSeconds(given: string): number {
  const seconds = Number(given.replace(/s$/, ''))
  if (given !== '' && seconds >= 0.1 && seconds <= mostSeconds) return seconds
  throw new InvalidArgumentError(`It is a number of seconds, from 0.1 to ${mostSeconds} (24.8 days).`)
}
