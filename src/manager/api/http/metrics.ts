// What the manager measures of itself and its cluster, in Prometheus' text format.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ClusterEvent } from '../../../model/cluster/event.ts'
import type { ClusterSnapshot } from '../../../model/cluster/snapshot.ts'
import type { Liveness, ServiceView } from '../../../model/cluster/views.ts'
import type { HttpParts, ServedRequest } from './parts.ts'
import { representNode } from './representation.ts'

export interface MeasuredParts {
  readonly version: string
  readonly snapshot: () => ClusterSnapshot
  readonly views: () => readonly ServiceView[]
  readonly liveness: Pick<Liveness, 'hasAgent' | 'isAway' | 'troubleOf'>
  /** Milliseconds since the agent of the node reported last; undefined where it has none. */
  readonly silenceMs: (nodeId: string) => number | undefined
  readonly registryState: () => 'up' | 'down'
  readonly events: HttpParts['events']
}

const activationBuckets = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60]
const requestBuckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10]

export type ActivationOutcome = 'activated' | 'already_active' | 'failed'

export class Metrics {
  readonly contentType: string
  readonly #registry = new Registry()
  readonly #parts: MeasuredParts
  readonly #activations: Counter<'outcome'>
  readonly #activationSeconds: Histogram
  readonly #requests: Counter<'method' | 'route' | 'status'>
  readonly #requestSeconds: Histogram<'method' | 'route'>
  readonly #events: Counter<'kind'>
  #stop: (() => void) | undefined

  constructor(parts: MeasuredParts) {
    this.#parts = parts
    this.contentType = this.#registry.contentType
    const registers = [this.#registry]
    this.#activations = new Counter({
      name: 'shoal_activations_total',
      help: 'Activations asked for over CoAP and HTTP.',
      labelNames: ['outcome'],
      registers,
    })
    this.#activationSeconds = new Histogram({
      name: 'shoal_activation_duration_seconds',
      help: 'From the request to the first CoAP answer, of activations that had to start or wake an instance.',
      buckets: activationBuckets,
      registers,
    })
    this.#requests = new Counter({
      name: 'shoal_http_requests_total',
      help: 'Requests that were answered over HTTP.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.#requestSeconds = new Histogram({
      name: 'shoal_http_request_duration_seconds',
      help: 'From the headers of a request to the end of its answer.',
      labelNames: ['method', 'route'],
      buckets: requestBuckets,
      registers,
    })
    this.#events = new Counter({
      name: 'shoal_events_total',
      help: 'What happened in the cluster, by kind; node-away counts the failovers of nodes.',
      labelNames: ['kind'],
      registers,
    })
    this.#addCluster()
    this.#addProcess()
  }

  start(): void {
    const count = ({ kind }: ClusterEvent): void => this.#events.inc({ kind })
    for (const event of this.#parts.events.since(0)) count(event)
    this.#stop = this.#parts.events.follow(count)
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  /** Prometheus text format 0.0.4. */
  render(): Promise<string> {
    return this.#registry.metrics()
  }

  observe({ method, route, status, seconds }: ServedRequest): void {
    this.#requests.inc({ method, route, status })
    this.#requestSeconds.observe({ method, route }, seconds)
  }

  observeActivation(outcome: ActivationOutcome, seconds: number): void {
    this.#activations.inc({ outcome })
    if (outcome === 'activated') this.#activationSeconds.observe(seconds)
  }

  #addCluster(): void {
    const { version, snapshot, views, liveness, silenceMs, registryState } = this.#parts
    this.#gauge('shoal_build_info', 'The version that runs; always 1.', ['version'], (set) =>
      set({ version }, 1),
    )
    this.#gauge('shoal_nodes', 'Nodes of the cluster by state.', ['state'], (set) => {
      const states = snapshot().nodes.map((node) => representNode(node, snapshot(), liveness).state)
      for (const state of ['ready', 'away', 'down', 'disconnected', 'unknown'])
        set({ state }, states.filter((each) => each === state).length)
    })
    this.#gauge(
      'shoal_agent_silence_seconds',
      'Since the agent of a node reported last.',
      ['node'],
      (set) => {
        for (const { id, name } of snapshot().nodes) {
          const ms = silenceMs(id)
          if (ms !== undefined) set({ node: name }, ms / 1000)
        }
      },
    )
    this.#gauge('shoal_services', 'Services by state.', ['state'], (set) => {
      const states = views().map(({ state }) => state)
      for (const state of ['active', 'starting', 'standby', 'stopped', 'updating', 'unplaceable', 'failing'])
        set({ state }, states.filter((each) => each === state).length)
    })
    this.#gauge('shoal_instances', 'Instances by state.', ['application', 'service', 'state'], (set) => {
      for (const { application, service, instances } of views())
        for (const [state, { length }] of Map.groupBy(instances, (instance) => instance.state))
          set({ application, service, state }, length)
    })
    this.#gauge(
      'shoal_instances_wanted',
      'Instances that are to be active.',
      ['application', 'service'],
      (set) => {
        for (const { application, service, active } of views()) set({ application, service }, active)
      },
    )
    this.#gauge('shoal_registry_up', '1 while the registry of the manager answers.', [], (set) =>
      set({}, registryState() === 'up' ? 1 : 0),
    )
  }

  #addProcess(): void {
    const start = Date.now() / 1000 - process.uptime()
    this.#gauge('shoal_process_start_time_seconds', 'When the manager was started, since 1970.', [], (set) =>
      set({}, start),
    )
    this.#gauge('shoal_process_resident_memory_bytes', 'Resident memory of the manager.', [], (set) =>
      set({}, process.memoryUsage.rss()),
    )
    const registers = [this.#registry]
    const cpu = new Counter({
      name: 'shoal_process_cpu_seconds_total',
      help: 'CPU time of the manager, in the program and in the kernel.',
      registers,
      collect: () => {
        const { user, system } = process.cpuUsage()
        cpu.reset()
        cpu.inc((user + system) / 1e6)
      },
    })
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: (set: (labels: Partial<Record<Label, string>>, value: number) => void) => void,
  ): void {
    const gauge = new Gauge<Label>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        gauge.reset()
        read((labels, value) => gauge.set(labels as Parameters<typeof gauge.set>[0] & object, value))
      },
    })
  }
}
