// `shoal nodes`: the nodes of the cluster.
import { Command } from 'commander'
import type { NodeAnswer } from '../model/api/node.ts'
import { apiRoutes } from '../model/api/routes.ts'
import { renderAge } from './age.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'
import { type Column, renderTable } from './table.ts'

interface NodesOptions extends ManagerOptions {
  readonly json?: true
}

export function nodesCommand(io: Io): Command {
  return withManager(new Command('nodes'))
    .description('lists the nodes of the cluster')
    .option('--json', 'print them as JSON')
    .action(async (options: NodesOptions) => {
      const client = await connectManager(io, options)
      const answer = await client.ask(apiRoutes.nodes, {}, { signal: io.signal })
      if (options.json) printJson(io, answer)
      else io.out(renderNodes(answer.nodes, Date.now()))
    })
}

export function renderNodes(nodes: readonly NodeAnswer[], nowMs: number): string {
  const columns: readonly Column<NodeAnswer>[] = [
    { title: 'NODE', cell: ({ name }) => name },
    { title: 'ROLE', cell: ({ role }) => role },
    { title: 'STATE', cell: (node) => stateOf(node, nowMs) },
    { title: 'AVAILABILITY', cell: ({ availability }) => availability },
    { title: 'ARCH', cell: ({ architecture }) => architecture },
    { title: 'CPUS', cell: ({ cpus }) => String(cpus), align: 'right' },
    {
      title: 'MEMORY',
      cell: ({ memoryBytes }) => `${Math.round(memoryBytes / (1 << 20))} MiB`,
      align: 'right',
    },
    { title: 'INSTANCES', cell: ({ instances }) => String(instances), align: 'right' },
    { title: 'AGENT', cell: ({ hasAgent }) => (hasAgent ? 'reports' : '-') },
    { title: 'ADDRESS', cell: ({ address }) => address },
    { title: 'NEWS', cell: newsOf },
  ]
  return renderTable(columns, nodes)
}

/** Why it is not ready, what its agent could not do, what it still fetches: the most urgent of it. */
function newsOf({ message, problems, missingImages }: NodeAnswer): string {
  const [problem] = problems
  const fetching = missingImages.length === 0 ? '' : `fetches ${missingImages.length} images`
  return (message || problem || fetching).replaceAll(/\s+/g, ' ')
}

function stateOf({ state, awaySince }: NodeAnswer, nowMs: number): string {
  return awaySince === null ? state : `${state} for ${renderAge(awaySince, nowMs)}`
}
