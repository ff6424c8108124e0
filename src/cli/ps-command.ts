// `shoal ps`: the services of the cluster and their instances.
import { Command } from 'commander'
import { apiRoutes } from '../model/api/routes.ts'
import type { InstanceAnswer, ServiceAnswer } from '../model/api/service.ts'
import { ShoalError } from '../model/errors.ts'
import { renderAge } from './age.ts'
import type { Io } from './io.ts'
import type { ManagerOptions } from './locate-manager.ts'
import { connectManager, printJson, withManager } from './manager-option.ts'
import { type Column, renderTable } from './table.ts'

interface PsOptions extends ManagerOptions {
  readonly json?: true
}

export function psCommand(io: Io): Command {
  return withManager(new Command('ps'))
    .description('lists the services of the cluster and their instances')
    .argument('[application]', 'those of one application only')
    .option('--json', 'print them as JSON')
    .action(async (application: string | undefined, options: PsOptions) => {
      const client = await connectManager(io, options)
      const answer = await client.ask(apiRoutes.services, { query: { application } }, { signal: io.signal })
      if (application !== undefined && answer.services.length === 0) {
        throw new ShoalError('APPLICATION_UNKNOWN', {
          action: 'list',
          object: `application ${application}`,
          place: client.baseUrl,
          reason: 'the cluster has none of that name',
          nextStep: 'shoal ps lists all',
        })
      }
      if (options.json) printJson(io, answer)
      else io.out(renderServices(answer.services, Date.now()))
    })
}

interface Row {
  readonly service: ServiceAnswer
  readonly instance: InstanceAnswer | undefined
  readonly isFirst: boolean
}

/** One line an instance; a service without any has one too. */
export function renderServices(services: readonly ServiceAnswer[], nowMs: number): string {
  const rows = services.flatMap((service): Row[] =>
    service.instances.length === 0
      ? [{ service, instance: undefined, isFirst: true }]
      : service.instances.map((instance, index) => ({ service, instance, isFirst: index === 0 })),
  )
  return renderTable(columns(nowMs), rows)
}

function columns(nowMs: number): readonly Column<Row>[] {
  return [
    {
      title: 'SERVICE',
      cell: ({ service, isFirst }) => (isFirst ? `${service.application}/${service.service}` : ''),
    },
    { title: 'ACTIVE', cell: ({ service, isFirst }) => (isFirst ? countsOf(service) : '') },
    {
      title: 'INSTANCE',
      cell: ({ service, instance }) =>
        instance === undefined ? '-' : instanceName(service.service, instance),
    },
    { title: 'NODE', cell: ({ instance }) => instance?.node ?? '-' },
    { title: 'STATE', cell: ({ service, instance }) => instance?.state ?? service.state },
    { title: 'ENDPOINT', cell: ({ instance }) => instance?.endpoint ?? '-' },
    {
      title: 'SINCE',
      cell: ({ instance }) => (instance === undefined ? '-' : renderAge(instance.since, nowMs)),
    },
    { title: 'REASON', cell: ({ instance }) => (instance?.reason ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ') },
  ]
}

/** `1/2`, and `1/2 +1` with one on standby; the state of the service where the numbers do not tell it. */
function countsOf({ state, active, standby, instances }: ServiceAnswer): string {
  const working = instances.filter((each) => each.state === 'answering' || each.state === 'running').length
  const paused = instances.filter((each) => each.state === 'standby').length
  const spare = standby > 0 || paused > 0 ? ` +${paused}` : ''
  const word = state === 'updating' || state === 'failing' || state === 'unplaceable' ? ` ${state}` : ''
  return `${working}/${active}${spare}${word}`
}

/** `climate.2`; where each node has one, the node tells them apart. */
export function instanceName(service: string, { slot, node }: Pick<InstanceAnswer, 'slot' | 'node'>): string {
  return slot === 0 ? `${service}@${node ?? '?'}` : `${service}.${slot}`
}
