// Watches over nodes and instances: takes the agents' reports, gives them their orders, has nodes set aside that nobody hears.
import type { Engine } from '../../engine/engine.ts'
import type { AgentDevice, AgentOrders, AgentReport } from '../../model/cluster/agent-messages.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { Liveness } from '../../model/cluster/views.ts'
import { deviceIdOf } from '../../model/devices/device.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { occupancyOf } from '../../placement/occupancy.ts'
import { deviceNews } from '../devices/device-news.ts'
import type { EventLog } from '../event-log.ts'
import { wantedActive } from '../views.ts'
import { AgentBook } from './agent-book.ts'
import { AwayNodes } from './away-nodes.ts'
import { InstanceNews } from './instance-news.ts'
import { planOrders } from './plan-orders.ts'
import { standstillMs, tickMs } from './silence.ts'

/** What is used of the `ClusterView`. */
export interface MonitoredView {
  snapshot(): ClusterSnapshot
  refresh(options: { readonly signal?: AbortSignal }): Promise<ClusterSnapshot>
  onChange(listener: () => void): () => void
}

export interface MonitorOptions {
  readonly engine: { readonly nodes: Pick<Engine['nodes'], 'update'> }
  readonly view: MonitoredView
  readonly events: Pick<EventLog, 'add'>
  /** By node id, from the newest snapshot. */
  readonly wantedImages: (snapshot: ClusterSnapshot) => ReadonlyMap<string, readonly string[]>
  /** Milliseconds, monotonic. */
  readonly now?: () => number
  /** Whether the kernel of a machine answers within the time. */
  readonly answers?: (address: string, deadlineMs: number) => Promise<boolean>
}

/** What an agent is answered: its orders where it has others, `whole` where everything is to be told once more. */
export type ReportAnswer =
  | { readonly kind: 'unknown-node' }
  | { readonly kind: 'as-before' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'orders'; readonly orders: AgentOrders }

const noOrders: AgentOrders = { tag: 1, paused: [], stopped: [], images: [] }
/** A number that was asked for and that Swarm does not show by then was never taken. */
const askedForMs = 10_000
/** Certificates of Swarm are back-dated by an hour: a clock that is off by less harms nobody, but is worth a word. */
const clockTellsS = 60
/** Before Swarm is tried again after it failed to answer. */
const retryMs = 500
/** For a fresh look at the Swarm when a node is back; without it the next report is answered with it. */
const lookLimitMs = 1000
/** Agents report once a second: by then all have told a manager that begins anew. */
const settleMs = 3000
/** What time alone changes is looked at this often. */
const replanEveryMs = 5000

export class Monitor implements Liveness {
  readonly #options: MonitorOptions
  readonly #now: () => number
  readonly #book = new AgentBook()
  readonly #away: AwayNodes
  readonly #news: InstanceNews
  readonly #asked = new Map<string, { readonly active: number; readonly untilMs: number }>()
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #changeListeners = new Set<() => void>()
  readonly #judging = new Map<string, Promise<void>>()
  #orders: ReadonlyMap<string, AgentOrders> = new Map()
  #active: ReadonlySet<string> = new Set()
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined
  #unlisten: () => void = () => {}
  #reconciling: Promise<void> | undefined
  #isStale = false
  #settledAtMs = 0

  constructor(options: MonitorOptions) {
    const { engine, events, view, answers } = options
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#news = new InstanceNews(events)
    this.#away = new AwayNodes({
      engine,
      book: this.#book,
      events,
      snapshot: () => view.snapshot(),
      now: this.#now,
      ...(answers === undefined ? {} : { answers }),
    })
  }

  start(signal: AbortSignal): void {
    const controller = new AbortController()
    const stop = AbortSignal.any([signal, controller.signal])
    const { view } = this.#options
    this.#away.adopt(view.snapshot())
    this.#settledAtMs = this.#now() + settleMs
    this.#running = { controller, ended: this.#tick(stop) }
    this.#unlisten = view.onChange(() => this.refresh())
    this.refresh()
  }

  async stop(): Promise<void> {
    this.#unlisten()
    this.#running?.controller.abort()
    await this.#running?.ended
    await this.#reconciling
    this.#running = undefined
  }

  instanceState(id: string): ReturnType<Liveness['instanceState']> {
    for (const { nodeId, instances } of this.#book.all()) {
      const state = instances.get(id)
      if (state !== undefined) return this.#away.lacksAgent(nodeId) ? undefined : state
    }
    return undefined
  }

  hasAgent(nodeId: string): boolean {
    return this.#book.find(nodeId) !== undefined && !this.#away.lacksAgent(nodeId)
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

  devicesOf(nodeId: string): ReturnType<Liveness['devicesOf']> {
    return this.#book.find(nodeId)?.devices
  }

  /** Milliseconds since the agent was heard; undefined where there is none. */
  silenceMs(nodeId: string): number | undefined {
    const record = this.#book.find(nodeId)
    return record === undefined ? undefined : this.#now() - record.heardAtMs
  }

  clockOffsetS(nodeId: string): number | undefined {
    return this.#book.find(nodeId)?.clockOffsetS
  }

  /** Called when what is known of nodes or instances has changed. @returns ends it */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /**
   * A report of an agent, and what it is answered: at once, but for a node that is back, which is answered when it is clear what must not run on there.
   * @param isLocal it comes from this very machine
   */
  async report(
    nodeId: string,
    report: AgentReport,
    { isLocal = false }: { readonly isLocal?: boolean } = {},
  ): Promise<ReportAnswer> {
    const node = this.#node(nodeId)
    if (node === undefined) return { kind: 'unknown-node' }
    const { events, view } = this.#options
    const devicesBefore = this.#book.find(nodeId)?.devices
    const news = this.#book.take(nodeId, report, {
      nowMs: this.#now(),
      wallSeconds: Math.floor(Date.now() / 1000),
      isLocal,
    })
    if (news === undefined) return { kind: 'as-before' }
    if (report.clockSeconds !== undefined) this.#judgeClock(node)
    for (const text of news.newProblems) events.add({ kind: 'problem', subject: node.name, text })
    this.#news.hear(node.name, report, view.snapshot())
    if (report.devices !== undefined) this.#tellDevices(node, devicesBefore, report.devices)
    const isBack = this.#away.heard(node)
    const record = this.#book.find(nodeId)
    if (record?.isWhole !== true) {
      if (isBack) this.refresh()
      return { kind: 'whole' }
    }
    if (isBack) await this.#judge(nodeId)
    if (isBack || news.isNew) this.refresh()
    const orders = this.orders(nodeId)
    return orders.tag === report.ordersTag ? { kind: 'as-before' } : { kind: 'orders', orders }
  }

  orders(nodeId: string): AgentOrders {
    return this.#orders.get(nodeId) ?? noOrders
  }

  /** Called when the orders of the node are others than before. @returns ends it */
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
    this.refresh()
  }

  /** A node that has left, or whose agent has: it is not waited for. */
  forget(nodeId: string): void {
    this.#book.forget(nodeId)
    this.#away.forget(nodeId)
    this.refresh()
  }

  /** Looks again at what it is to order: orders change at once, what Swarm is to be told follows. */
  refresh(): void {
    if (this.#running === undefined) return
    const { controller } = this.#running
    const { view, wantedImages } = this.#options
    const snapshot = view.snapshot()
    this.#news.see(snapshot, (nodeId) => this.#away.has(nodeId))
    const before = this.#orders
    const { orders, active } = planOrders({
      snapshot,
      liveness: this,
      asked: this.#stillAsked(snapshot),
      images: wantedImages(snapshot),
      stopped: this.#away.stopped(),
      wereActive: this.#active,
      isSettling: this.#now() < this.#settledAtMs,
    })
    this.#orders = orders
    this.#active = active
    for (const [nodeId, { tag }] of orders) {
      if (before.get(nodeId)?.tag === tag) continue
      for (const listener of this.#listeners.get(nodeId) ?? []) listener()
    }
    for (const listener of this.#changeListeners) listener()
    this.#isStale = true
    if (this.#reconciling === undefined && !controller.signal.aborted) {
      this.#reconciling = this.#reconcile(controller.signal).finally(() => {
        this.#reconciling = undefined
      })
    }
  }

  #node(nodeId: string): ClusterNode | undefined {
    return this.#options.view.snapshot().nodes.find(({ id }) => id === nodeId)
  }

  #stillAsked(snapshot: ClusterSnapshot): ReadonlyMap<string, number> {
    for (const [serviceId, { active, untilMs }] of this.#asked) {
      const service = snapshot.services.find(({ id }) => id === serviceId)
      const isDone = service === undefined || wantedActive(service) === active
      if (isDone || untilMs < this.#now()) this.#asked.delete(serviceId)
    }
    return new Map([...this.#asked].map(([id, { active }]) => [id, active]))
  }

  async #tick(stop: AbortSignal): Promise<void> {
    let lastMs = this.#now()
    let replanAtMs = this.#settledAtMs
    while (!stop.aborted) {
      await pause(tickMs, stop)
      if (stop.aborted) return
      const nowMs = this.#now()
      const lateMs = nowMs - lastMs - tickMs
      lastMs = nowMs
      if (lateMs > standstillMs) this.#book.forgive(lateMs)
      const hasFallenSilent = this.#away.look()
      if (!hasFallenSilent && nowMs < replanAtMs) continue
      replanAtMs = nowMs + replanEveryMs
      this.refresh()
    }
  }

  /** What runs on a node that is back, against what Swarm wants there by a snapshot taken since; once for all reports that come meanwhile. */
  async #judge(nodeId: string): Promise<void> {
    const known = this.#judging.get(nodeId)
    const judging = known ?? this.#judgeNow(nodeId).finally(() => this.#judging.delete(nodeId))
    if (known === undefined) this.#judging.set(nodeId, judging)
    await judging
  }

  async #judgeNow(nodeId: string): Promise<void> {
    const { view } = this.#options
    try {
      // A label that is being set has to have its effect first.
      await this.#reconciling
      const snapshot = await view.refresh({ signal: AbortSignal.timeout(lookLimitMs) })
      const running = this.#book.find(nodeId)?.instances.keys() ?? []
      this.#away.judge(nodeId, [...running], snapshot)
    } catch (error) {
      // The next report asks again.
      if (!(error instanceof ShoalError)) throw error
    }
  }

  /** Brings the labels of the nodes to what they should be, until nothing is left to do. */
  async #reconcile(stop: AbortSignal): Promise<void> {
    while (this.#isStale && !stop.aborted) {
      this.#isStale = false
      try {
        const isChanged = await this.#away.reconcile(this.#options.view.snapshot(), stop)
        if (isChanged) await this.#options.view.refresh({ signal: stop })
      } catch (error) {
        if (stop.aborted) return
        if (!(error instanceof ShoalError)) throw error
        this.#isStale = true
        if (error.code === 'SWARM_CONFLICT')
          await this.#options.view.refresh({ signal: stop }).catch(() => {})
        else await pause(retryMs, stop)
      }
    }
  }

  #tellDevices(
    node: ClusterNode,
    before: readonly AgentDevice[] | undefined,
    now: readonly AgentDevice[],
  ): void {
    const { events, view } = this.#options
    const { claims } = occupancyOf(node, view.snapshot())
    const holdersOf = (id: string): readonly string[] =>
      claims.filter(({ value }) => deviceIdOf(value) === id).map(({ holder }) => holder)
    for (const news of deviceNews(node.name, before, now, holdersOf)) events.add(news)
  }

  #judgeClock({ id, name }: ClusterNode): void {
    const offset = this.#book.find(id)?.clockOffsetS ?? 0
    if (Math.abs(offset) < clockTellsS) return
    this.#options.events.add({
      kind: 'problem',
      subject: name,
      text: `its clock is ${Math.abs(offset)} s ${offset > 0 ? 'ahead of' : 'behind'} the manager’s: certificates may not hold there`,
    })
  }
}
