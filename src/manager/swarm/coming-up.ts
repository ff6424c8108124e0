// Whether a service that was just deployed comes up: a verdict from each look at the cluster. Pure but for what it remembers.
import type { ClusterInstance } from '../../model/cluster/instance.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { InstanceView, ServiceView } from '../../model/cluster/views.ts'

export interface AwaitedService {
  /** Swarm's id of it. */
  readonly id: string
  /** Milliseconds that an instance may take from its start to its first answer. */
  readonly readyMs: number
  /** Whether Swarm was asked to make its instances anew; those of before do not count then. */
  readonly isRolling: boolean
  readonly oldInstances: ReadonlySet<string>
}

/**
 * - `up`: as many answer, and as many stand by, as are wanted.
 * - `rolled-back`: Swarm has taken the change back; `paused`: Swarm has stopped in the middle of it.
 * - `refused`: no node can take an instance, and nothing will change that soon.
 * - `failing`: instances start and end; `late`: none has come up for longer than it may take.
 * - `gone`: the service was removed.
 */
export type ComeUp = 'up' | 'rolled-back' | 'paused' | 'refused' | 'failing' | 'late' | 'gone'

/** For what stands between the start of a container and its readiness: the Engine and Swarm on a slow board. */
const marginMs = 10_000
/** A large image over a slow link. */
const pullLimitMs = 10 * 60_000
/** Swarm looks again when anything changes; a node that joins just now is given a moment. */
const refusedForMs = 1500
/** With a node in sight: an agent waits 5 s before it has its Engine offer a new device, and Swarm hears of it after the Engine's restart. */
const refusedInSightForMs = 60_000
const failuresThatTell = 3

export class ComingUp {
  readonly #service: AwaitedService
  readonly #failed = new Set<string>()
  /** The most instances that ran, and that worked. */
  #best = { running: 0, working: 0 }
  #lastGainMs: number
  #refusedSinceMs: number | undefined

  constructor(service: AwaitedService, nowMs: number) {
    this.#service = service
    this.#lastGainMs = nowMs
  }

  /**
   * @param view of the service, as clients see it; undefined while they do not see it
   * @param answersUs whether an instance that no agent watches has answered the manager
   * @param fitsSoon whether a node is in sight for an instance that waits; asked when Swarm refuses
   * @returns undefined while it may still come up
   */
  judge(
    { services, instances }: ClusterSnapshot,
    view: ServiceView | undefined,
    answersUs: (instance: InstanceView) => boolean,
    nowMs: number,
    fitsSoon: () => boolean,
  ): ComeUp | undefined {
    const { id, isRolling, oldInstances } = this.#service
    const service = services.find((each) => each.id === id)
    if (service === undefined || view === undefined) return 'gone'
    if (isRolling && service.update?.state.startsWith('rollback_')) return 'rolled-back'
    if (isRolling && service.update?.state === 'paused') return 'paused'
    const isNew = (instance: { readonly id: string }): boolean => !isRolling || !oldInstances.has(instance.id)
    const fresh = view.instances.filter(isNew)
    const works = (instance: InstanceView): boolean =>
      instance.state === 'answering' ||
      (instance.state === 'running' && (!view.speaksCoap || answersUs(instance)))
    const working = fresh.filter(works).length
    const standing = fresh.filter(({ state }) => state === 'standby').length
    const isGlobal = service.spec.Mode.Global !== undefined
    const wanted = isGlobal ? Math.max(1, view.active) : view.active
    if (working >= wanted && standing >= view.standby) return 'up'
    const known = instances.filter((instance) => instance.serviceId === id && isNew(instance))
    return this.#judgeTrouble(known, working + standing, isGlobal && fresh.length === 0, nowMs, fitsSoon)
  }

  #judgeTrouble(
    instances: readonly ClusterInstance[],
    working: number,
    hasNoPlace: boolean,
    nowMs: number,
    fitsSoon: () => boolean,
  ): ComeUp | undefined {
    const isRefused = hasNoPlace || instances.some(isWaitingForNode)
    this.#refusedSinceMs = isRefused ? (this.#refusedSinceMs ?? nowMs) : undefined
    const refusedMs = this.#refusedSinceMs === undefined ? 0 : nowMs - this.#refusedSinceMs
    if (refusedMs > refusedForMs && (refusedMs > refusedInSightForMs || !fitsSoon())) return 'refused'
    for (const { id, state } of instances)
      if (state === 'failed' || state === 'rejected') this.#failed.add(id)
    if (this.#failed.size >= failuresThatTell && working === 0) return 'failing'
    const running = instances.filter(({ state }) => state === 'running').length
    if (running > this.#best.running || working > this.#best.working) {
      this.#best = {
        running: Math.max(running, this.#best.running),
        working: Math.max(working, this.#best.working),
      }
      this.#lastGainMs = nowMs
    }
    const isPulling = instances.some(
      ({ state, desiredState }) =>
        desiredState === 'running' && ['assigned', 'accepted', 'preparing'].includes(state),
    )
    // It has not begun to start: the time it may take counts from when a node takes it.
    if (isRefused) this.#lastGainMs = nowMs
    const limitMs = isPulling ? pullLimitMs : this.#service.readyMs + marginMs
    return nowMs - this.#lastGainMs > limitMs ? 'late' : undefined
  }
}

function isWaitingForNode({ state, desiredState, error }: ClusterInstance): boolean {
  return state === 'pending' && desiredState === 'running' && error !== ''
}
