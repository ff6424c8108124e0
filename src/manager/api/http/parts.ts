// What the HTTP API asks of the rest of the manager.
import type { ServiceLogLine } from '../../../engine/service-log.ts'
import type { Application } from '../../../model/application.ts'
import type { ClusterEvent } from '../../../model/cluster/event.ts'
import type { ClusterSnapshot } from '../../../model/cluster/snapshot.ts'
import type { Liveness, ServiceView } from '../../../model/cluster/views.ts'
import type { Activation } from '../../activator.ts'
import type { CatalogueEntry } from '../../catalogue.ts'
import type { DeployPlan } from '../../swarm/application-planner.ts'
import type { DeployOptions, DeployRequest, DeployResult } from '../../swarm/deployer.ts'

interface Stoppable {
  readonly signal: AbortSignal
}

export interface HttpParts {
  readonly status: () => ManagerStatus
  readonly view: {
    snapshot(): ClusterSnapshot
    refresh(options: Stoppable): Promise<ClusterSnapshot>
  }
  /** The services as clients see them, now. */
  readonly views: () => readonly ServiceView[]
  readonly liveness: Pick<Liveness, 'hasAgent' | 'isAway' | 'troubleOf' | 'devicesOf'>
  readonly deployer: {
    parse(request: DeployRequest): Application
    missingImages(request: DeployRequest, signal: AbortSignal): Promise<readonly string[]>
    plan(request: DeployRequest, options: Stoppable): Promise<DeployPlan>
    deploy(
      request: DeployRequest,
      options: DeployOptions,
    ): Promise<Pick<DeployResult, 'application' | 'changed'>>
    remove(application: string, options: Stoppable): Promise<boolean>
    setActive(application: string, service: string, active: number, options: Stoppable): Promise<void>
  }
  readonly catalogue: {
    list(): readonly CatalogueEntry[]
    find(name: string): CatalogueEntry | undefined
    add(request: DeployRequest, options: Stoppable): Promise<string>
    remove(name: string, options: Stoppable): Promise<void>
  }
  readonly activator: {
    activate(name: string, options: Stoppable): Promise<Activation>
    deactivate(name: string, options: Stoppable): Promise<void>
  }
  readonly events: {
    since(id: number): readonly ClusterEvent[]
    follow(listener: (event: ClusterEvent) => void): () => void
  }
  /** What the instances of a service write; `Services.logs` of the Engine room. */
  readonly logs: (
    serviceId: string,
    options: Stoppable & { readonly follow: boolean; readonly tail?: number | undefined },
  ) => AsyncIterable<ServiceLogLine>
  readonly registry: RegistryAccess
  readonly metrics: {
    readonly contentType: string
    render(): Promise<string>
    observe(request: ServedRequest): void
  }
  /** Told of what is a bug of Shoal's: the client learns no more than that. */
  readonly onBug: (error: unknown, request: string) => void
}

/** The registry that `/v2/` leads to. */
export interface RegistryAccess {
  /** `10.77.0.1:5000` */
  readonly authority: string
  readonly authorityPem: string
  readonly username: string
  readonly password: string
}

export interface ManagerStatus {
  /** Host name. */
  readonly name: string
  readonly version: string
  readonly address: string
  readonly startedAtMs: number
  readonly ports: { readonly coap: number; readonly http: number; readonly join: number }
  readonly clusterId: string
  readonly heartbeatMs: number
  readonly registry: { readonly state: 'up' | 'down'; readonly address: string }
}

export interface ServedRequest {
  readonly method: string
  /** As the table of routes has it; `unknown` for a path that it has not. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}
