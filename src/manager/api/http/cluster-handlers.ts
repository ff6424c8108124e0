// /api/v1/status, nodes, devices and events: the cluster as a whole.
import type { EventAnswer } from '../../../model/api/event.ts'
import type { StatusAnswer } from '../../../model/api/status.ts'
import { renderEndpoint } from '../../../model/endpoint.ts'
import { preferred } from './accept.ts'
import type { Handlers } from './api-reply.ts'
import { BoundedQueue } from './bounded-queue.ts'
import { serverSentEvents } from './line-stream.ts'
import type { HttpParts } from './parts.ts'
import { representDevices, representEvent, representNode } from './representation.ts'

type Names = 'status' | 'nodes' | 'devices' | 'events'

/** All that the log remembers fits; a reader that is slower than that is cut off, and takes up by Last-Event-ID. */
const mostEvents = 1100

export function clusterHandlers(parts: HttpParts): Pick<Handlers, Names> {
  const { view, liveness } = parts
  const nodes = () => {
    const snapshot = view.snapshot()
    return snapshot.nodes
      .map((node) => representNode(node, snapshot, liveness))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  return {
    status: () => ({ json: statusAnswer(parts, nodes()) }),
    nodes: () => ({ json: { nodes: nodes() } }),
    devices: () => ({ json: { devices: representDevices(view.snapshot(), liveness) } }),
    events: ({ query, accept, lastEventId, signal }) => {
      const session = parts.status().startedAtMs.toString(36)
      const type = preferred(accept, ['application/json', 'text/event-stream'])
      if (type === 'application/json')
        return { json: { session, events: parts.events.since(query.since).map(representEvent) } }
      const since = lastEventId === undefined ? query.since : idOf(lastEventId, session)
      return serverSentEvents(followEvents(parts, since, signal), session)
    },
  }
}

function followEvents({ events }: HttpParts, since: number, signal: AbortSignal): AsyncIterable<EventAnswer> {
  const queue = new BoundedQueue<EventAnswer>({ mostItems: mostEvents })
  for (const event of events.since(since)) queue.push(representEvent(event))
  const stop = events.follow((event) => queue.push(representEvent(event)))
  signal.addEventListener(
    'abort',
    () => {
      stop()
      queue.close()
    },
    { once: true },
  )
  return queue
}

/** An id of another session, or none at all, means all that is remembered. */
function idOf(lastEventId: string, session: string): number {
  const [, of, id] = /^([0-9a-z]+)-(\d{1,15})$/.exec(lastEventId) ?? []
  return of === session ? Number(id) : 0
}

function statusAnswer(
  { status, views }: HttpParts,
  nodes: readonly { readonly state: string }[],
): StatusAnswer {
  const { name, version, address, startedAtMs, ports, clusterId, heartbeatMs, registry } = status()
  const host = address.includes(':') ? `[${address}]` : address
  const services = views()
  const count = (state: string): number => nodes.filter((node) => node.state === state).length
  return {
    manager: {
      name,
      version,
      address,
      startedAt: new Date(startedAtMs).toISOString(),
      coap: renderEndpoint({ host: address, port: ports.coap }),
      http: `http://${host}:${ports.http}`,
      join: `${host}:${ports.join}`,
    },
    cluster: { id: clusterId, heartbeatMs },
    registry: { ...registry },
    nodes: { total: nodes.length, ready: count('ready'), away: count('away'), down: count('down') },
    services: countBy(services.map(({ state }) => state)),
    instances: countBy(services.flatMap(({ instances }) => instances.map(({ state }) => state))),
  }
}

export function countBy(states: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(states, (state) => state)].map(([state, { length }]) => [state, length]),
  )
}
