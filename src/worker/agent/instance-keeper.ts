// Keeps the instances of this node as they should be: asks each by CoAP, kills what hangs, and pauses, unpauses and kills as ordered.
import type { CoapClient } from '../../coap/client.ts'
import type { Engine } from '../../engine/engine.ts'
import type { AgentInstance, AgentInstanceState, AgentOrders } from '../../model/cluster/agent-messages.ts'
import { renderEndpoint } from '../../model/endpoint.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import type { LocalInstance } from './local-instances.ts'
import { type Deed, planDeeds } from './plan-deeds.ts'
import { type ProbeState, probe } from './prober.ts'

export interface InstanceKeeperOptions {
  readonly containers: Pick<Engine['containers'], 'kill' | 'pause' | 'unpause' | 'cpuTimeMs'>
  readonly probes: CoapClient
  /** A state is another, or an instance came or went. */
  readonly onChange: () => void
  /** The Engine is to be asked again for what there is. */
  readonly onTouch: () => void
  readonly onProblem: (text: string) => void
}

interface Kept {
  instance: LocalInstance
  state: AgentInstanceState
  hasAnswered: boolean
  /** A deed that is under way. */
  isBusy: boolean
  probing: AbortController
}

/** One that does not speak CoAP counts as ready when it has run for so long, as in pair mode. */
const quietReadyMs = 1000
/** A reading that takes longer says nothing: the instance is then judged by its answers alone. */
const cpuLookLimitMs = 3000

export class InstanceKeeper {
  readonly #options: InstanceKeeperOptions
  readonly #kept = new Map<string, Kept>()
  #orders: Pick<AgentOrders, 'paused' | 'stopped'> | undefined
  #isStopped = false

  constructor(options: InstanceKeeperOptions) {
    this.#options = options
  }

  /** By id. */
  get states(): readonly AgentInstance[] {
    return [...this.#kept.values()]
      .map(({ instance, state }) => ({ id: instance.id, state }))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** All that run or stand paused here now. */
  see(instances: readonly LocalInstance[]): void {
    if (this.#isStopped) return
    const present = new Set(instances.map(({ id }) => id))
    for (const [id, { probing }] of this.#kept) {
      if (present.has(id)) continue
      probing.abort()
      this.#kept.delete(id)
      this.#options.onChange()
    }
    for (const instance of instances) this.#take(instance)
    this.#obey()
  }

  /** From now on these hold, whatever held before. */
  order(orders: Pick<AgentOrders, 'paused' | 'stopped'>): void {
    this.#orders = orders
    this.#obey()
  }

  /** Ends every question; the instances go on as they are. */
  stop(): void {
    this.#isStopped = true
    for (const { probing } of this.#kept.values()) probing.abort()
    this.#kept.clear()
  }

  #take(instance: LocalInstance): void {
    const known = this.#kept.get(instance.id)
    if (known === undefined) {
      // One that stands paused has answered before: it was not paused otherwise.
      const kept: Kept = {
        instance,
        state: instance.isPaused ? 'paused' : 'starting',
        hasAnswered: instance.isPaused,
        isBusy: false,
        probing: new AbortController(),
      }
      this.#kept.set(instance.id, kept)
      this.#options.onChange()
      if (!instance.isPaused) this.#probe(kept)
      return
    }
    // A list that was made before a deed was done says less than the deed.
    if (known.isBusy) return
    const hasTurned = known.instance.isPaused !== instance.isPaused
    known.instance = instance
    if (hasTurned) this.#turn(known)
  }

  /** It was paused, or unpaused. */
  #turn(kept: Kept): void {
    kept.probing.abort()
    kept.probing = new AbortController()
    this.#setState(kept, kept.instance.isPaused ? 'paused' : 'starting')
    if (!kept.instance.isPaused) this.#probe(kept)
  }

  #probe(kept: Kept): void {
    const { instance, probing, hasAnswered } = kept
    const { coap, containerId } = instance
    if (coap === undefined) {
      void pause(hasAnswered ? 0 : quietReadyMs, probing.signal).then(() => {
        if (!probing.signal.aborted) this.#hear(kept, 'answering')
      })
      return
    }
    const { containers, probes } = this.#options
    const cpuTimeMs = (): Promise<number | undefined> =>
      containers
        .cpuTimeMs(containerId, { signal: probing.signal, deadlineMs: cpuLookLimitMs })
        .catch(() => undefined)
    void probe(
      {
        client: probes,
        uri: `${renderEndpoint(coap)}${coap.path}`,
        readyMs: instance.readyMs,
        hasAnswered,
        cpuTimeMs,
        onState: (state) => this.#hear(kept, state),
      },
      probing.signal,
    )
  }

  #hear(kept: Kept, state: ProbeState): void {
    if (state === 'answering') {
      kept.hasAnswered = true
      this.#setState(kept, 'answering')
      this.#obey()
      return
    }
    const { name, readyMs } = kept.instance
    this.#setState(kept, 'silent')
    this.#options.onProblem(
      state === 'not-ready'
        ? `${name} did not answer CoAP within ${readyMs / 1000} s: killed`
        : `${name} does not answer CoAP any more: killed`,
    )
    void this.#do({ kind: 'kill', id: kept.instance.id })
  }

  #setState(kept: Kept, state: AgentInstanceState): void {
    if (kept.state === state) return
    kept.state = state
    this.#options.onChange()
  }

  #obey(): void {
    if (this.#orders === undefined || this.#isStopped) return
    const idle = [...this.#kept.values()].filter(({ isBusy, state }) => !isBusy && state !== 'silent')
    const subjects = idle.map(({ instance: { id, isPaused }, hasAnswered }) => ({
      id,
      isPaused,
      hasAnswered,
    }))
    for (const deed of planDeeds(subjects, this.#orders)) void this.#do(deed)
  }

  async #do({ kind, id }: Deed): Promise<void> {
    const kept = this.#kept.get(id)
    if (kept === undefined || kept.isBusy) return
    const { containers, onProblem, onTouch } = this.#options
    const { containerId, name } = kept.instance
    kept.isBusy = true
    try {
      if (kind === 'kill') await containers.kill(containerId, name)
      else if (await containers[kind](containerId, name)) {
        kept.instance = { ...kept.instance, isPaused: kind === 'pause' }
        if (this.#kept.get(id) === kept) this.#turn(kept)
      }
    } catch (error) {
      onProblem(`${kind} ${name}: ${error instanceof ShoalError ? error.reason : String(error)}`)
    } finally {
      kept.isBusy = false
      // Whatever came of it: the Engine knows, and what is still to be done is tried again with its answer.
      onTouch()
    }
  }
}
