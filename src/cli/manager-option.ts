// What every command that speaks to a manager has: the option that names it, and the client.
import type { Command } from 'commander'
import { ShoalError } from '../model/errors.ts'
import type { Io } from './io.ts'
import { locateManager, type ManagerOptions } from './locate-manager.ts'
import { ManagerClient } from './manager-client.ts'

export function withManager(command: Command): Command {
  return command.option(
    '--manager <address>',
    'host, host:port or URL of the manager (default: SHOAL_MANAGER, else this machine, else the one that is found in the local network)',
  )
}

export async function connectManager(io: Io, options: ManagerOptions): Promise<ManagerClient> {
  return new ManagerClient((await locateManager(io, options)).httpUrl)
}

export function usageError(reason: string, nextStep: string): ShoalError {
  return new ShoalError('USAGE', { action: 'read', object: 'the command line', reason, nextStep })
}

export function printJson(io: Pick<Io, 'out'>, value: unknown): void {
  io.out(`${JSON.stringify(value, undefined, 2)}\n`)
}
