// `shoal pair`: pair mode, one or several devices over SSH, without a manager.
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Io } from './io.ts'
import type { PairRunOptions } from './pair-run.ts'
import type { PairOptions } from './pair-setting.ts'
import type { Replicas } from './replicas.ts'

export function pairCommand(io: Io): Command {
  const command = new Command('pair').description('runs services on other devices over SSH, with no manager')
  device(command.command('run'))
    .description('starts a service on devices and waits until it answers CoAP')
    .argument(
      '<words...>',
      'USER@HOST[:PORT] of each device, then a service of Shoal’s own or a Compose file',
    )
    .usage('[options] <device...> <service>')
    .addOption(
      new Option(
        '-r, --replicas <count>',
        'how many instances, over all devices; with several services SERVICE=COUNT, repeatable',
      )
        .argParser(collectReplicas)
        .default([], 'as the Compose file says'),
    )
    .option(
      '-w, --watch',
      'stay, and keep the wanted number alive: when an instance or a device dies another takes over',
    )
    .option('--rm', 'with --watch: remove the instances at the end')
    .option('--json', 'print endpoints and times as JSON; with --watch one event a line')
    .action(async (words: string[], options: PairRunOptions) =>
      (await import('./pair-run.ts')).pairRun(io, words, options),
    )
  device(command.command('ps'))
    .description('lists the instances on devices')
    .argument('<device...>', 'USER@HOST[:PORT] of each device')
    .option('--json', 'print them as JSON')
    .action(async (words: string[], options: PairOptions & { json?: true }) =>
      (await import('./pair-ps.ts')).pairPs(io, words, options),
    )
  device(command.command('logs'))
    .description('prints what instances have written')
    .argument('<words...>', 'USER@HOST[:PORT] of each device, then APPLICATION[/SERVICE[.NUMBER]]')
    .usage('[options] <device...> <instances>')
    .option('-f, --follow', 'go on until the instances end')
    .option('-n, --tail <lines>', 'the last lines only', wholeNumber)
    .option('-t, --timestamps', 'begin each line with its time')
    .action(async (words: string[], options: PairOptions) =>
      (await import('./pair-logs.ts')).pairLogs(io, words, options),
    )
  device(command.command('rm'))
    .description('stops and removes instances')
    .argument('<words...>', 'USER@HOST[:PORT] of each device, then APPLICATION[/SERVICE[.NUMBER]]')
    .usage('[options] <device...> <instances>')
    .option('--all', 'every instance that pair mode has started there')
    .option('--json', 'print what was removed as JSON')
    .action(async (words: string[], options: PairOptions) =>
      (await import('./pair-rm.ts')).pairRm(io, words, options),
    )
  device(command.command('disconnect'))
    .description('ends the connections that stay open for a minute after each command')
    .argument('<device...>', 'USER@HOST[:PORT] of each device')
    .action(async (words: string[], options: PairOptions) =>
      (await import('./pair-disconnect.ts')).pairDisconnect(io, words, options),
    )
  return command
}

/** What every sub-command takes. */
function device(command: Command): Command {
  return command
    .option(
      '-i, --identity <file>',
      'private key to log in with (default: the agent’s and those that ssh finds)',
    )
    .option('-F, --ssh-config <file>', 'SSH configuration (default: ~/.ssh/config)')
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number.')
}

function collectReplicas(text: string, earlier: readonly Replicas[]): readonly Replicas[] {
  const [, service, count = ''] = /^(?:([^=]+)=)?(\d{1,3})$/.exec(text) ?? []
  if (count === '' || Number(count) < 1)
    throw new InvalidArgumentError('expected COUNT or SERVICE=COUNT, at least 1.')
  return [...earlier, { service, count: Number(count) }]
}
