// `shoal evaluate`: a campaign of measurements, in a lab on this machine or on real hosts. Everything else is loaded when it is run.
import { Command, InvalidArgumentError } from 'commander'
import type { Io } from '../src/cli/io.ts'
import type { EvaluateOptions } from './campaign/evaluate.ts'

export function evaluateCommand(io: Io): Command {
  return new Command('evaluate')
    .description(
      'takes the paper’s measurements, in a lab on this machine or on real hosts, and reports them',
    )
    .argument('[campaign]', 'a YAML file; docs/evaluation.md has every key (default: the paper’s campaign)')
    .option('-o, --output <folder>', 'of the run; one that was stopped goes on (default: ./NAME-DATE-TIME)')
    .option('--quick', 'the quick campaign: every figure in a few minutes, with few repetitions')
    .option('--scenario <name...>', 'only these scenarios of the campaign')
    .option('--seed <number>', 'of the order and of all that is drawn (default: the campaign’s)', parseSeed)
    .option('--inventory <file>', 'real hosts in place of a lab: a YAML file')
    .option('--dry-run', 'print what would be measured and how long it takes, and start nothing')
    .option('--json', 'print the result as JSON')
    .action(async (file: string | undefined, options: EvaluateOptions) => {
      const { evaluate } = await import('./campaign/evaluate.ts')
      await evaluate(io, { ...options, file })
    })
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 0 to 999,999,999.')
}
