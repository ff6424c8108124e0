// `shoal devices`: the devices of all nodes, whether they are there, and who holds them.
import { Command } from 'commander'
import type { DeviceAnswer } from '../model/api/device.ts'
import { apiRoutes } from '../model/api/routes.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'
import { type Column, renderTable } from './table.ts'

interface DevicesOptions extends ManagerOptions {
  readonly json?: true
}

export function devicesCommand(io: Io): Command {
  return withManager(new Command('devices'))
    .description('lists the devices of the nodes and the instances that hold them')
    .option('--json', 'print them as JSON')
    .action(async (options: DevicesOptions) => {
      const client = await connectManager(io, options)
      const answer = await client.ask(apiRoutes.devices, {}, { signal: io.signal })
      if (options.json) printJson(io, answer)
      else io.out(renderDevices(answer.devices))
    })
}

export function renderDevices(devices: readonly DeviceAnswer[]): string {
  const columns: readonly Column<DeviceAnswer>[] = [
    { title: 'NODE', cell: ({ node }) => node },
    { title: 'DEVICE', cell: ({ id }) => id },
    { title: 'CAPABILITY', cell: ({ capability }) => capability },
    { title: 'STATE', cell: stateOf },
    { title: 'CLAIMED BY', cell: claimedBy },
    { title: 'NEWS', cell: newsOf },
  ]
  return renderTable(columns, devices)
}

function stateOf({ present }: DeviceAnswer): string {
  if (present === null) return 'unknown'
  return present ? 'present' : 'absent'
}

/** Of a shared device also how many places are taken: `2 of 3: greenhouse/watch.1, greenhouse/watch.2`. */
function claimedBy({ shared, claimedBy: holders }: DeviceAnswer): string {
  if (shared === 1) return holders.length === 0 ? '-' : holders.join(', ')
  return `${holders.length} of ${shared}${holders.length === 0 ? '' : `: ${holders.join(', ')}`}`
}

function newsOf({ present, absence, offered }: DeviceAnswer): string {
  if (present === null) return 'its agent does not tell of it'
  if (!present) return absence.replaceAll(/\s+/g, ' ')
  return offered ? '' : 'its Engine does not offer it yet'
}
