// Follows the instances of one service closely until one of them answers CoAP: part of every activation, and so in a hurry.
import { waitForAnswer } from '../coap/wait-for-answer.ts'
import type { Engine } from '../engine/engine.ts'
import type { ClusterInstance } from '../model/cluster/instance.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import type { Endpoint } from '../model/endpoint.ts'
import { renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import type { SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import { instanceEndpoint } from './instance-endpoint.ts'
import { isWanted } from './views.ts'

export interface FollowedService {
  /** Swarm's id of it. */
  readonly id: string
  readonly spec: SwarmServiceSpec
}

export interface FirstAnswerOptions {
  readonly engine: Pick<Engine, 'tasks'>
  readonly nodes: () => readonly ClusterNode[]
  readonly signal: AbortSignal
  /** Each look at the instances. */
  readonly onLook?: (instances: readonly ClusterInstance[]) => void
  /** Whether the first instance that ends is the end of it; Swarm makes another otherwise. */
  readonly endsWithInstance?: boolean
}

/**
 * - `refused`: no node can take an instance, Swarm says so and goes on saying so.
 * - `runs`: one runs, and the service does not speak CoAP.
 * - `gone`: the service was removed meanwhile. `late`: the signal came first.
 */
export type FirstAnswer =
  | { readonly kind: 'answered'; readonly endpoint: Endpoint }
  | { readonly kind: 'refused' }
  | { readonly kind: 'runs' }
  | { readonly kind: 'ended'; readonly instance: ClusterInstance }
  | { readonly kind: 'gone' }
  | { readonly kind: 'late' }

const lookEveryMs = 12
/** Swarm looks at a waiting instance again when anything changes: what it says in the first moment may not be its last word. */
const refusedForMs = 400

/** Throws ShoalError where Swarm does not answer, unless the signal came. */
export async function firstAnswer(
  service: FollowedService,
  options: FirstAnswerOptions,
): Promise<FirstAnswer> {
  const found = new AbortController()
  const stop = AbortSignal.any([options.signal, found.signal])
  const asked = new Map<string, Promise<void>>()
  let answer: Endpoint | undefined
  const ask = (instance: ClusterInstance): void => {
    const endpoint = endpointOf(instance, service, options.nodes())
    if (endpoint === undefined || asked.has(instance.id)) return
    const path = service.spec.Labels?.[clusterLabel.coapPath] ?? '/.well-known/core'
    const asking = waitForAnswer(`${renderEndpoint(endpoint)}${path}`, stop).then((answered) => {
      if (!answered || answer !== undefined) return
      answer = endpoint
      found.abort()
    })
    asked.set(instance.id, asking)
  }
  try {
    const end = await look(service, options, stop, ask)
    return answer === undefined ? end : { kind: 'answered', endpoint: answer }
  } catch (error) {
    if (answer !== undefined) return { kind: 'answered', endpoint: answer }
    if (options.signal.aborted) return { kind: 'late' }
    // The Engine does not list the instances of a service that it does not know.
    if (error instanceof ShoalError && error.code === 'SERVICE_UNKNOWN') return { kind: 'gone' }
    throw error
  } finally {
    found.abort()
    await Promise.all(asked.values())
  }
}

async function look(
  service: FollowedService,
  { engine, onLook, endsWithInstance = false }: FirstAnswerOptions,
  stop: AbortSignal,
  ask: (instance: ClusterInstance) => void,
): Promise<FirstAnswer> {
  const refused = new Lasting(refusedForMs)
  const speaksCoap = service.spec.Labels?.[clusterLabel.coapPort] !== undefined
  while (!stop.aborted) {
    const all = await engine.tasks.list({ serviceId: service.id }, { signal: stop })
    const wanted = all.filter(isWanted)
    onLook?.(wanted)
    for (const instance of wanted) ask(instance)
    const ended = all.find(({ state }) => state === 'failed' || state === 'rejected' || state === 'complete')
    if (endsWithInstance && ended !== undefined) return { kind: 'ended', instance: ended }
    if (refused.holds(wanted.length > 0 && wanted.every(isRefused))) return { kind: 'refused' }
    if (!speaksCoap && wanted.some(({ state }) => state === 'running')) return { kind: 'runs' }
    await pause(lookEveryMs, stop)
  }
  return { kind: 'late' }
}

function isRefused({ state, error }: ClusterInstance): boolean {
  return (state === 'pending' || state === 'new') && error !== ''
}

function endpointOf(
  instance: ClusterInstance,
  service: FollowedService,
  nodes: readonly ClusterNode[],
): Endpoint | undefined {
  if (instance.state !== 'running') return undefined
  return instanceEndpoint(
    instance,
    service,
    nodes.find(({ id }) => id === instance.nodeId),
  )
}

/** Something that counts only when it has held for a while. */
class Lasting {
  readonly #forMs: number
  #sinceMs: number | undefined

  constructor(forMs: number) {
    this.#forMs = forMs
  }

  holds(isSo: boolean): boolean {
    if (!isSo) {
      this.#sinceMs = undefined
      return false
    }
    this.#sinceMs ??= performance.now()
    return performance.now() - this.#sinceMs > this.#forMs
  }
}
