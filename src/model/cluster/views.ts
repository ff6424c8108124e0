// Services and their instances as clients and people see them: what CoAP, HTTP and the command line show.
import type { Endpoint } from '../endpoint.ts'
import type { AgentDevice } from './agent-messages.ts'

/**
 * - `active`: as many instances answer as are wanted; `starting`: some are on their way; `updating`: a new version rolls out.
 * - `standby`: none is wanted active, and one stands by; `stopped`: none is wanted.
 * - `unplaceable`: no node can take an instance; `failing`: instances start and end.
 */
export type ServiceState =
  | 'active'
  | 'starting'
  | 'standby'
  | 'stopped'
  | 'updating'
  | 'unplaceable'
  | 'failing'

/**
 * `waiting` for a node or an image, `starting` until its first answer; `answering` CoAP; `running` where nobody asks it; `silent`
 * when it no longer answers; `standby` paused; `ended`, `failed`.
 */
export type InstanceViewState =
  | 'waiting'
  | 'starting'
  | 'answering'
  | 'running'
  | 'silent'
  | 'standby'
  | 'ended'
  | 'failed'

export interface InstanceView {
  readonly id: string
  /** Name of its node; left out until one is chosen. */
  readonly node: string | undefined
  readonly state: InstanceViewState
  /** Where it answers CoAP, once that is known. */
  readonly endpoint: Endpoint | undefined
  /** Why it waits or failed; empty where there is nothing to say. */
  readonly reason: string
  /** Milliseconds since 1970 by the manager's clock: since when it is in this state of Swarm's. */
  readonly sinceMs: number
  readonly image: string
  readonly claims: readonly { readonly kind: string; readonly value: string }[]
}

export interface ServiceView {
  readonly application: string
  readonly service: string
  /** As CoAP calls it: `APPLICATION` for its front service, else `APPLICATION.SERVICE`. */
  readonly name: string
  readonly state: ServiceState
  /** How many instances are wanted active. */
  readonly active: number
  readonly standby: number
  readonly instances: readonly InstanceView[]
  /** As the user wrote it. */
  readonly image: string
  readonly speaksCoap: boolean
}

/** What the agents of the nodes know of instances, and the monitor of nodes. */
export interface Liveness {
  /** Undefined where no agent has reported it. */
  instanceState(id: string): 'starting' | 'answering' | 'silent' | 'paused' | 'ended' | undefined
  hasAgent(nodeId: string): boolean
  /** Silent for too long, and set aside. */
  isAway(nodeId: string): boolean
  /** Images that it should have and lacks still, and what its agent could not do. */
  troubleOf(nodeId: string): {
    readonly missingImages: readonly string[]
    readonly problems: readonly string[]
  }
  /** Present or not; undefined until its agent has told of them. */
  devicesOf(nodeId: string): readonly AgentDevice[] | undefined
}
