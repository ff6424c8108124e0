// A manager as the HTTP API sees one: a small cluster in memory behind the interface of its parts.

import { HttpApi } from '../../../../../src/manager/api/http/http-api.ts'
import type { HttpLimits } from '../../../../../src/manager/api/http/http-server.ts'
import { MeteredActivator } from '../../../../../src/manager/api/http/metered-activator.ts'
import { Metrics } from '../../../../../src/manager/api/http/metrics.ts'
import type { HttpParts } from '../../../../../src/manager/api/http/parts.ts'
import type { CatalogueEntry } from '../../../../../src/manager/catalogue.ts'
import { EventLog } from '../../../../../src/manager/event-log.ts'
import type { DeployOptions, DeployRequest } from '../../../../../src/manager/swarm/deployer.ts'
import type { ClusterEvent } from '../../../../../src/model/cluster/event.ts'
import type { ClusterSnapshot } from '../../../../../src/model/cluster/snapshot.ts'
import type { ServiceView } from '../../../../../src/model/cluster/views.ts'
import { parseCompose } from '../../../../../src/model/compose/parse-compose.ts'
import { ShoalError } from '../../../../../src/model/errors.ts'
import { aNode, anInstance, aService, aSpec } from '../../../placement/builders.ts'

export const startedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5)

export const compose =
  'name: garden\nservices:\n  climate:\n    image: garden/climate:1\n    ports: ["5683/udp"]\n'

export interface AManager {
  readonly url: string
  readonly port: number
  readonly events: EventLog
  readonly parts: HttpParts
  /** What was asked of the parts: `setActive garden/climate 3`. */
  readonly calls: string[]
  readonly bugs: unknown[]
  /** How the next deployments go on; by default they end well at once. */
  deploy: (request: DeployRequest, options: DeployOptions) => Promise<void>
  logs: HttpParts['logs']
  stop(): Promise<void>
}

/** One service with two instances, on two of three nodes. */
export function aGarden(): { readonly snapshot: ClusterSnapshot; readonly views: readonly ServiceView[] } {
  const nodes = [
    aNode('ap', { role: 'manager', availability: 'drain', address: '10.77.0.1' }),
    aNode('bed-1', { genericResources: [{ kind: 'humidity', value: 'dht-1' }] }),
    aNode('bed-2', {
      labels: { 'shoal.away': '2026-01-02T03:04:06.000Z', zone: 'field' },
    }),
  ]
  const climate = aService(
    'climate',
    aSpec({}, { Labels: { 'shoal.front': '1', 'shoal.coap.port': '5683' } }),
  )
  const instances = [
    anInstance(climate, nodes[1], { id: 'one', slot: 1 }),
    anInstance(climate, nodes[2], { id: 'two', slot: 2 }),
  ]
  const view: ServiceView = {
    application: 'garden',
    service: 'climate',
    name: 'garden',
    state: 'active',
    active: 2,
    standby: 0,
    image: 'garden/climate:1',
    speaksCoap: true,
    instances: [
      {
        id: 'one',
        node: 'bed-1',
        state: 'answering',
        endpoint: { host: '10.77.0.11', port: 30001 },
        reason: '',
        sinceMs: startedAtMs,
        image: 'garden/climate:1@sha256:00',
        claims: [{ kind: 'humidity', value: 'dht-1' }],
      },
      {
        id: 'two',
        node: undefined,
        state: 'waiting',
        endpoint: undefined,
        reason: 'no suitable node',
        sinceMs: startedAtMs,
        image: 'garden/climate:1@sha256:00',
        claims: [],
      },
    ],
  }
  return { snapshot: { nodes, services: [climate], instances, takenAtMs: 0 }, views: [view] }
}

export async function startManager(
  changes: Partial<HttpParts> = {},
  limits: Partial<HttpLimits> = {},
): Promise<AManager> {
  const { snapshot, views } = aGarden()
  const events = new EventLog({ now: () => startedAtMs })
  const calls: string[] = []
  const bugs: unknown[] = []
  const entries = new Map<string, CatalogueEntry>()
  const parse = (request: DeployRequest) =>
    parseCompose(request.compose, {
      mode: 'cluster',
      fileName: request.fileName,
      environment: request.environment,
      ...(request.files === undefined ? {} : { files: request.files }),
    })
  const liveness = {
    hasAgent: (id: string) => id === 'id-bed-1',
    isAway: () => false,
    troubleOf: () => ({ missingImages: [], problems: [] }),
    devicesOf: () => undefined,
  }
  const metrics = new Metrics({
    version: '1.2.3',
    snapshot: () => snapshot,
    views: () => views,
    liveness,
    silenceMs: (id) => (id === 'id-bed-1' ? 250 : undefined),
    registryState: () => 'up',
    events,
  })
  const parts: HttpParts = {
    status: () => ({
      name: 'ap',
      version: '1.2.3',
      address: '10.77.0.1',
      startedAtMs,
      ports: { coap: 5683, http: 8480, join: 8481 },
      clusterId: '0123456789abcdef',
      heartbeatMs: 4000,
      registry: { state: 'up', address: '10.77.0.1:5000' },
    }),
    view: { snapshot: () => snapshot, refresh: async () => snapshot },
    views: () => views,
    liveness,
    deployer: {
      parse,
      missingImages: async (request) => parse(request).services.map(({ image }) => image),
      plan: async (request) => {
        const application = parse(request)
        return {
          application: application.name,
          steps: application.services.map(
            ({ name }) => ({ kind: 'create', service: name, spec: aSpec() }) as const,
          ),
          objects: [{ kind: 'remove', object: 'config', name: 'garden_old', id: 'c1' }],
          warnings: application.warnings,
          text: `${application.name}:\n  + create climate`,
        }
      },
      deploy: async (request, options) => {
        const { name } = parse(request)
        options.onProgress?.(`${name}:\n  + create climate`)
        await manager.deploy(request, options)
        calls.push(`deployed ${name}`)
        return { application: name, changed: true, warnings: [], services: new Map() }
      },
      remove: async (name) => {
        calls.push(`remove ${name}`)
        return name === 'garden'
      },
      setActive: async (application, service, active) => {
        calls.push(`setActive ${application}/${service} ${active}`)
      },
    },
    catalogue: {
      list: () => [...entries.values()],
      find: (name) => entries.get(name),
      add: async (request) => {
        const application = parse(request)
        entries.set(application.name, {
          name: application.name,
          application,
          request,
          addedAtMs: startedAtMs,
        })
        return application.name
      },
      remove: async (name) => {
        if (!entries.delete(name))
          throw new ShoalError('CATALOGUE_UNKNOWN', { action: 'find', object: name, reason: 'it is empty' })
      },
    },
    activator: new MeteredActivator(
      {
        activate: async (name) => {
          if (name === 'garden')
            return {
              name,
              endpoint: { host: '10.77.0.11', port: 30001 },
              wasActive: false,
              phasesMs: { schedule: 10, ready: 30 },
              activationMs: 40,
            }
          throw new ShoalError(name === 'big' ? 'UNPLACEABLE' : 'SERVICE_UNKNOWN', {
            action: 'activate',
            object: name,
            reason: name === 'big' ? 'bed-1: needs 9 GiB' : 'there is none',
          })
        },
        deactivate: async (name) => {
          calls.push(`deactivate ${name}`)
        },
      },
      metrics,
    ),
    events,
    logs: (id, options) => manager.logs(id, options),
    registry: { authority: '127.0.0.1:1', authorityPem: '', username: 'shoal', password: 'secret' },
    metrics,
    onBug: (error) => bugs.push(error),
    ...changes,
  }
  metrics.start()
  const api = new HttpApi({ parts, port: 0, address: '127.0.0.1', limits })
  const { port } = await api.start()
  const manager: AManager = {
    url: `http://127.0.0.1:${port}`,
    port,
    events,
    parts,
    calls,
    bugs,
    deploy: async () => {},
    logs: async function* () {
      const at = { atMs: startedAtMs, nodeId: 'id-bed-1' } as const
      yield { ...at, stream: 'stdout', instanceId: 'one', text: 'first' }
      yield { ...at, stream: 'stderr', instanceId: 'one', text: 'second' }
    },
    stop: async () => {
      metrics.stop()
      await api.stop()
    },
  }
  return manager
}

/** Ends a test's manager in any case. */
export async function withManager(
  work: (manager: AManager) => Promise<void>,
  ...options: Parameters<typeof startManager>
): Promise<void> {
  const manager = await startManager(...options)
  try {
    await work(manager)
  } finally {
    await manager.stop()
  }
}

export function anEvent(subject: string): Pick<ClusterEvent, 'kind' | 'subject' | 'text'> {
  return { kind: 'node-joined', subject, text: `${subject} has joined` }
}
