// `shoal worker`: a device joins a cluster, leaves it, and runs its agent.
import { Command, InvalidArgumentError, Option } from 'commander'
import { usualPorts } from '../model/manager-ports.ts'
import { agentCommand } from './agent-command.ts'
import type { Io } from './io.ts'
import type { InventoryFlags } from './worker-inventory.ts'
import type { JoinFlags } from './worker-join.ts'

export function workerCommand(io: Io): Command {
  const command = new Command('worker').description('makes this device a worker of a cluster, and ends it')
  command
    .command('join')
    .description(
      'joins the cluster of a manager, which is found in the local network where none is named; twice is the same as once',
    )
    .argument('[manager]', 'coap://ADDRESS of the manager')
    .option(
      '--token <token>',
      'what `shoal manager token` prints; - reads it from stdin; default: $SHOAL_TOKEN',
    )
    .option(
      '--advertise <address>',
      'address of this device for the others; default: the one that leads to the manager',
    )
    .addOption(
      new Option('--join-port <port>', 'port of the manager for joining, where it is named')
        .argParser(readPort)
        .default(usualPorts.join),
    )
    .option('--json', 'print the result as JSON')
    .action(async (manager: string | undefined, flags: JoinFlags) =>
      (await import('./worker-join.ts')).workerJoin(io, manager, flags),
    )
  command
    .command('leave')
    .description('leaves the cluster and undoes exactly what joining changed; twice is the same as once')
    .option(
      '--force',
      'also where the Engine does not answer, or what this device knows of its cluster is damaged',
    )
    .action(async (flags: { readonly force?: true }) =>
      (await import('./worker-leave.ts')).workerLeave(io, flags.force === true),
    )
  command
    .command('status')
    .description('tells what this device is a member of')
    .option('--json', 'print it as JSON')
    .action(async (flags: { readonly json?: true }) =>
      (await import('./worker-status.ts')).workerStatus(io, flags.json === true),
    )
  command
    .command('inventory')
    .description('lists the devices of this machine: what is declared and what the kernel shows')
    .option('--file <file>', 'the declarations; default: /etc/shoal/devices.yaml')
    .option('--json', 'print it as JSON')
    .action(async (flags: InventoryFlags) =>
      (await import('./worker-inventory.ts')).workerInventory(io, flags),
    )
  command.addCommand(agentCommand(io))
  return command
}

function readPort(given: string): number {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : 0
  if (port > 0 && port < 65_536) return port
  throw new InvalidArgumentError('It is a port: 1 to 65535.')
}
