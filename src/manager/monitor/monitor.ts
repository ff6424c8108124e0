// Watches over nodes and instances: sets silent nodes aside and lets others stand in, gives the agents their orders.
import type { Engine } from '../../engine/engine.ts'
import type { AgentOrders, AgentReport } from '../../model/cluster/agent-messages.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { Liveness } from '../../model/cluster/views.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import type { EventLog } from '../event-log.ts'
import type { ClusterView } from '../swarm/cluster-view.ts'
import { withCounts } from '../swarm/with-counts.ts'
import { isWanted, wantedActive } from '../views.ts'
import { AgentBook } from './agent-book.ts'
import { planOrders } from './plan-orders.ts'
import { findSilent, standstillMs, tickMs } from './silence.ts'

export interface MonitorOptions {
  readonly engine: Pick<Engine, 'nodes' | 'services'>
  readonly view: ClusterView
  readonly events: EventLog
  /** By node id, from the newest snapshot. */
  readonly wantedImages: (snapshot: ClusterSnapshot) => ReadonlyMap<string, readonly string[]>
  /** Milliseconds, monotonic. */
  readonly now?: () => number
}

/** What an agent is answered: its orders where it has others, `whole` where everything is to be told once more. */
export type ReportAnswer =
  | { readonly kind: 'unknown-node' }
  | { readonly kind: 'as-before' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'orders'; readonly orders: AgentOrders }

const noOrders: AgentOrders = { tag: 1, paused: [], stopped: [], images: [] }
const askedForMs = 10_000
const clockTellsS = 60
const slowMs = 1000

export class Monitor implements Liveness {
  readonly #options: MonitorOptions
  readonly #now: () => number
  readonly #book = new AgentBook()
  readonly #away = new Set<string>()
  /** Nodes that were away, until nothing runs there any more that is not wanted there. */
  readonly #returned = new Set<string>()
  readonly #asked = new Map<string, { readonly active: number; readonly untilMs: number }>()
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #changeListeners = new Set<() => void>()
  #orders: ReadonlyMap<string, AgentOrders> = new Map()
  #silentInstances = new Set<string>()
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined
  #unlisten: () => void = () => {}
  #reconciling: Promise<void> | undefined
  #isStale = false

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  start(signal: AbortSignal): void {
    const controller = new AbortController()
    const stop = AbortSignal.any([signal, controller.signal])
    // Labels of an earlier life: whoever set a node aside, its next report takes it back.
    for (const { id, labels } of this.#options.view.snapshot().nodes)
      if (labels[clusterLabel.away] !== undefined) this.#away.add(id)
    this.#unlisten = this.#options.view.onChange(() => this.#replan(stop))
    this.#replan(stop)
    this.#running = { controller, ended: this.#tick(stop) }
  }

  async stop(): Promise<void> {
    this.#unlisten()
    this.#running?.controller.abort()
    await this.#running?.ended
    await this.#reconciling
    this.#running = undefined
  }

  instanceState(id: string): ReturnType<Liveness['instanceState']> {
    for (const { instances } of this.#book.all()) {
      const state = instances.get(id)
      if (state !== undefined) return state
    }
    return undefined
  }

  hasAgent(nodeId: string): boolean {
    return this.#book.find(nodeId) !== undefined
  }

  isAway(nodeId: string): boolean {
    return this.#away.has(nodeId)
  }

  /** Images that the node still lacks, and what its agent could not do. */
  troubleOf(nodeId: string): {
    readonly missingImages: readonly string[]
    readonly problems: readonly string[]
  } {
    const record = this.#book.find(nodeId)
    return { missingImages: record?.missingImages ?? [], problems: record?.problems ?? [] }
  }

  /** Milliseconds since the agent was heard; undefined where there is none. */
  silenceMs(nodeId: string): number | undefined {
    const record = this.#book.find(nodeId)
    return record === undefined ? undefined : this.#now() - record.heardAtMs
  }

  clockOffsetS(nodeId: string): number | undefined {
    return this.#book.find(nodeId)?.clockOffsetS
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /** A report of an agent, and what it is answered. */
  report(nodeId: string, report: AgentReport): ReportAnswer {
    const node = this.#node(nodeId)
    if (node === undefined) return { kind: 'unknown-node' }
    const wallSeconds = Math.floor(Date.now() / 1000)
    const isNew = this.#book.take(nodeId, report, this.#now(), wallSeconds)
    if (isNew === undefined) return { kind: 'as-before' }
    const record = this.#book.find(nodeId)
    if (report.clockSeconds !== undefined) this.#judgeClock(node)
    const isBack = this.#away.has(nodeId)
    if (isBack) this.#comeBack(node)
    if (isNew || isBack) this.#replan(this.#signal())
    if (isNew) this.#tellSilent(node, report)
    if (record?.isWhole !== true) return { kind: 'whole' }
    const orders = this.orders(nodeId)
    return orders.tag === report.ordersTag ? { kind: 'as-before' } : { kind: 'orders', orders }
  }

  orders(nodeId: string): AgentOrders {
    return this.#orders.get(nodeId) ?? noOrders
  }

  /** Called when the orders of the node are others than before. */
  onOrders(nodeId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(nodeId) ?? new Set()
    this.#listeners.set(nodeId, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(nodeId)
    }
  }

  /** Makes the agents act on a number that Swarm is only just being told. */
  async applyCounts(serviceId: string, active: number): Promise<void> {
    this.#asked.set(serviceId, { active, untilMs: this.#now() + askedForMs })
    this.#replan(this.#signal())
  }

  /** A node that has left: it is not waited for. */
  forget(nodeId: string): void {
    this.#book.forget(nodeId)
    this.#away.delete(nodeId)
    this.#returned.delete(nodeId)
  }

  #signal(): AbortSignal {
    return this.#running?.controller.signal ?? AbortSignal.abort()
  }

  #node(nodeId: string): ClusterNode | undefined {
    return this.#options.view.snapshot().nodes.find(({ id }) => id === nodeId)
  }

  async #tick(stop: AbortSignal): Promise<void> {
    let lastMs = this.#now()
    while (!stop.aborted) {
      await pause(tickMs, stop)
      if (stop.aborted) return
      const now = this.#now()
      // Whoever could not be heard because we stood still gets the time back.
      if (now - lastMs > standstillMs) for (const record of this.#book.all()) record.heardAtMs += now - lastMs
      lastMs = now
      const heard = new Map(
        this.#book
          .all()
          .filter(({ nodeId }) => this.#node(nodeId) !== undefined)
          .map(({ nodeId, heardAtMs }) => [nodeId, heardAtMs]),
      )
      for (const nodeId of findSilent(heard, now)) {
        const node = this.#node(nodeId)
        if (node !== undefined && !this.#away.has(nodeId))
          this.#setAside(node, now - (heard.get(nodeId) ?? now))
      }
    }
  }

  #setAside(node: ClusterNode, silentMs: number): void {
    this.#away.add(node.id)
    this.#options.events.add({
      kind: 'node-away',
      subject: node.name,
      text: `silent for ${(silentMs / 1000).toFixed(1)} s: others stand in for its instances`,
    })
    this.#replan(this.#signal())
  }

  #comeBack(node: ClusterNode): void {
    this.#away.delete(node.id)
    this.#returned.add(node.id)
    this.#options.events.add({ kind: 'node-back', subject: node.name, text: 'it reports again' })
  }

  /** Orders at once; what Swarm is to be told follows, one change at a time. */
  #replan(stop: AbortSignal): void {
    const { view, wantedImages } = this.#options
    const snapshot = view.snapshot()
    const now = this.#now()
    for (const [serviceId, { active, untilMs }] of this.#asked) {
      const service = snapshot.services.find(({ id }) => id === serviceId)
      const isTold = service !== undefined && wantedActive(service) === active
      if (isTold || service === undefined || untilMs < now) this.#asked.delete(serviceId)
    }
    this.#settleReturned(snapshot)
    const before = this.#orders
    this.#orders = planOrders({
      snapshot,
      liveness: this,
      asked: new Map([...this.#asked].map(([id, { active }]) => [id, active])),
      images: wantedImages(snapshot),
      returned: new Map(
        [...this.#returned].map((nodeId) => [nodeId, [...(this.#book.find(nodeId)?.instances.keys() ?? [])]]),
      ),
    })
    for (const [nodeId, orders] of this.#orders) {
      if (before.get(nodeId)?.tag === orders.tag) continue
      for (const listener of this.#listeners.get(nodeId) ?? []) listener()
    }
    for (const listener of this.#changeListeners) listener()
    this.#isStale = true
    if (this.#reconciling === undefined && !stop.aborted) {
      this.#reconciling = this.#reconcile(stop).finally(() => {
        this.#reconciling = undefined
      })
    }
  }

  /** A returned node is like any other once all that runs there is wanted there. */
  #settleReturned(snapshot: ClusterSnapshot): void {
    const wanted = new Set(snapshot.instances.filter(isWanted).map(({ id }) => id))
    for (const nodeId of this.#returned) {
      const record = this.#book.find(nodeId)
      if (record === undefined) this.#returned.delete(nodeId)
      else if (record.isWhole && [...record.instances.keys()].every((id) => wanted.has(id))) {
        // Only after Swarm knows the node again: until then its list is of before.
        if (snapshot.nodes.some(({ id, state }) => id === nodeId && state === 'ready'))
          this.#returned.delete(nodeId)
      }
    }
  }

  /** Brings labels, availability and numbers in Swarm to what they should be, until nothing is left to do. */
  async #reconcile(stop: AbortSignal): Promise<void> {
    while (this.#isStale && !stop.aborted) {
      this.#isStale = false
      try {
        const snapshot = this.#options.view.snapshot()
        const changedNodes = await this.#reconcileNodes(snapshot, stop)
        const changedServices = await this.#reconcileServices(snapshot, stop)
        if (changedNodes || changedServices) await this.#options.view.refresh({ signal: stop })
      } catch (error) {
        if (stop.aborted) return
        if (!(error instanceof ShoalError)) throw error
        const isConflict = error.code === 'SWARM_CONFLICT'
        if (isConflict) await this.#options.view.refresh({ signal: stop }).catch(() => {})
        else await pause(slowMs, stop)
        this.#isStale = true
      }
    }
  }

  /** Swarm is to put nothing new on a node that is away. One that its operator paused or drained stays as he left it. */
  async #reconcileNodes(snapshot: ClusterSnapshot, signal: AbortSignal): Promise<boolean> {
    let isChanged = false
    for (const { id, version, labels, availability } of snapshot.nodes) {
      const isMarked = labels[clusterLabel.away] !== undefined
      if (this.#away.has(id) && !isMarked && availability === 'active') {
        const changes = {
          availability: 'pause' as const,
          labels: { [clusterLabel.away]: new Date().toISOString() },
        }
        await this.#options.engine.nodes.update(id, version, changes, { signal })
        isChanged = true
      } else if (!this.#away.has(id) && isMarked && this.#book.find(id) !== undefined) {
        const { [clusterLabel.away]: _, ...rest } = labels
        await this.#options.engine.nodes.update(
          id,
          version,
          { availability: 'active', labels: rest },
          { signal },
        )
        isChanged = true
      }
    }
    return isChanged
  }

  /**
   * For each instance on a node that is away, and that Swarm still takes for running, one more is wanted elsewhere. When Swarm gives it
   * up, or the node is back, the number is as before.
   */
  async #reconcileServices(snapshot: ClusterSnapshot, signal: AbortSignal): Promise<boolean> {
    const lost = new Set(
      snapshot.nodes.filter(({ id, state }) => this.#away.has(id) && state !== 'down').map(({ id }) => id),
    )
    let isChanged = false
    for (const service of snapshot.services) {
      const { spec } = service
      if (service.application === undefined || spec.Mode.Replicated === undefined) continue
      if (spec.Labels?.[clusterLabel.active] === undefined) continue
      const standIns = snapshot.instances.filter(
        (instance) =>
          instance.serviceId === service.id &&
          isWanted(instance) &&
          instance.nodeId !== undefined &&
          lost.has(instance.nodeId),
      ).length
      const wanted = withCounts(spec, { standIns })
      if (wanted.Mode.Replicated?.Replicas === spec.Mode.Replicated.Replicas) continue
      await this.#options.engine.services.update(service.id, service.version, wanted, { signal })
      isChanged = true
    }
    return isChanged
  }

  #tellSilent(node: ClusterNode, { instances }: AgentReport): void {
    if (instances === undefined) return
    const silent = new Set(this.#silentInstances)
    for (const { id, state } of instances) {
      if (state !== 'silent') silent.delete(id)
      else if (!silent.has(id)) {
        silent.add(id)
        this.#options.events.add({
          kind: 'instance-silent',
          subject: this.#nameOf(id),
          text: `does not answer on ${node.name}: killed, Swarm replaces it`,
        })
      }
    }
    this.#silentInstances = silent
  }

  #nameOf(instanceId: string): string {
    const { instances, services } = this.#options.view.snapshot()
    const instance = instances.find(({ id }) => id === instanceId)
    const service = services.find(({ id }) => id === instance?.serviceId)
    return service === undefined ? instanceId : `${service.application ?? ''}/${service.name}`
  }

  #judgeClock(node: ClusterNode): void {
    const offset = this.#book.find(node.id)?.clockOffsetS ?? 0
    if (Math.abs(offset) < clockTellsS) return
    this.#options.events.add({
      kind: 'problem',
      subject: node.name,
      text: `its clock is ${Math.abs(offset)} s ${offset > 0 ? 'ahead of' : 'behind'} the manager's: certificates of Swarm may not hold there`,
    })
  }
}
