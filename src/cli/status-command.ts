// `shoal status`: the manager and its cluster at a glance.
import { Command } from 'commander'
import { apiRoutes } from '../model/api/routes.ts'
import type { StatusAnswer } from '../model/api/status.ts'
import { renderAge } from './age.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'

interface StatusOptions extends ManagerOptions {
  readonly json?: true
}

export function statusCommand(io: Io): Command {
  return withManager(new Command('status'))
    .description('tells how the manager and its cluster are')
    .option('--json', 'print it as JSON')
    .action((options: StatusOptions) => showStatus(io, options))
}

export async function showStatus(io: Io, options: StatusOptions): Promise<void> {
  const client = await connectManager(io, options)
  const answer = await client.ask(apiRoutes.status, {}, { signal: io.signal })
  if (options.json) printJson(io, answer)
  else io.out(renderStatus(answer, Date.now()))
}

export function renderStatus(
  { manager, cluster, registry, nodes, services, instances }: StatusAnswer,
  nowMs: number,
): string {
  const others = [
    ...(nodes.away > 0 ? [`${nodes.away} away`] : []),
    ...(nodes.down > 0 ? [`${nodes.down} down`] : []),
  ]
  const lines = {
    manager: `${manager.name}, version ${manager.version}, up for ${renderAge(manager.startedAt, nowMs)}`,
    HTTP: manager.http,
    CoAP: manager.coap,
    registry: `${registry.state}, ${registry.address}`,
    cluster: `${cluster.id}, heartbeat of Swarm ${cluster.heartbeatMs / 1000} s`,
    nodes: [`${nodes.total}`, `${nodes.ready} ready`, ...others].join(', '),
    services: renderCounts(services),
    instances: renderCounts(instances),
    'a device': `joins with: shoal worker join --token TOKEN; on ${manager.name}, shoal manager token prints one`,
  }
  const width = Math.max(...Object.keys(lines).map(({ length }) => length))
  return Object.entries(lines)
    .map(([name, text]) => `${name.padEnd(width)}  ${text}\n`)
    .join('')
}

function renderCounts(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const states = Object.entries(counts).map(([state, count]) => `${count} ${state}`)
  return total === 0 ? 'none' : [`${total}`, ...states].join(', ')
}
