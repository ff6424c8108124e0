// The instances of Shoal on this node, from its Engine: listed at the start, when something happens to a container, and now and then.
import type { ContainerSummary } from '../../engine/container-answers.ts'
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { Endpoint } from '../../model/endpoint.ts'
import { pause } from '../../model/pause.ts'

export interface LocalInstance {
  /** Swarm's id of it. */
  readonly id: string
  readonly containerId: string
  readonly name: string
  readonly isPaused: boolean
  /** Where it is asked; undefined where it does not speak CoAP. */
  readonly coap: (Endpoint & { readonly path: string }) | undefined
  readonly readyMs: number
}

export interface LocalInstancesOptions {
  readonly engine: {
    readonly containers: Pick<Engine['containers'], 'list'>
    readonly events: Pick<Engine['events'], 'follow'>
  }
  /** Running or paused ones, each time that they were listed. */
  readonly onList: (instances: readonly LocalInstance[]) => void
  /** Told once each time that the Engine stops answering. */
  readonly onTrouble: (error: unknown) => void
}

const filter = [`${clusterLabel.mode}=cluster`, clusterLabel.taskId]
/** A stream of events that has broken without a word is found by this. */
const relistMs = 30_000
const retryMs = 1000
/** The Engine tells of a change a little before its own list shows it. */
const settleMs = 500
const usualReadyMs = 30_000
const usualPath = '/.well-known/core'
/** Published ports answer here whatever becomes of the addresses of the network while its link is cut. */
const ownAddress = '127.0.0.1'

export class LocalInstances {
  readonly #options: LocalInstancesOptions
  /** Containers that have ended, though the list may show them for a moment still. */
  readonly #ended = new Set<string>()
  #wake: () => void = () => {}
  #isStale = true

  constructor(options: LocalInstancesOptions) {
    this.#options = options
  }

  /** Until the signal comes. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#list(stop), this.#follow(stop)])
  }

  /** Lists again soon. */
  touch(): void {
    this.#isStale = true
    this.#wake()
  }

  async #list(stop: AbortSignal): Promise<void> {
    const { engine, onList, onTrouble } = this.#options
    let isTroubled = false
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (!this.#isStale) await Promise.race([pause(relistMs, stop), woken])
      this.#isStale = false
      if (stop.aborted) return
      try {
        const containers = await engine.containers.list(filter, { signal: stop })
        isTroubled = false
        const shown = new Set(containers.flatMap(({ id, state }) => (state === 'running' ? [id] : [])))
        for (const id of this.#ended) if (!shown.has(id)) this.#ended.delete(id)
        onList(containers.filter(({ id }) => !this.#ended.has(id)).flatMap(instanceOf))
      } catch (error) {
        if (stop.aborted) return
        if (!isTroubled) onTrouble(error)
        isTroubled = true
        this.#isStale = true
        await pause(retryMs, stop)
      }
    }
  }

  async #follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const events = this.#options.engine.events.follow({
          filters: {
            type: ['container'],
            event: ['start', 'die', 'pause', 'unpause', 'destroy'],
            label: [`${clusterLabel.mode}=cluster`],
          },
          onOpen: () => this.touch(),
          signal: stop,
        })
        for await (const { action, id } of events) {
          if (action === 'start') this.#ended.delete(id)
          if (action === 'die') this.#ended.add(id)
          this.touch()
          setTimeout(() => this.touch(), settleMs).unref()
        }
      } catch {
        // The list tells of the trouble: the Engine it asks is the same.
      }
      await pause(retryMs, stop)
    }
  }
}

function instanceOf({ id, name, labels, state, ports }: ContainerSummary): LocalInstance[] {
  const taskId = labels[clusterLabel.taskId]
  if (taskId === undefined || (state !== 'running' && state !== 'paused')) return []
  const coapPort = Number(labels[clusterLabel.coapPort] ?? 0)
  const published = ports.find(
    ({ containerPort, protocol }) => containerPort === coapPort && protocol === 'udp',
  )
  const port = labels[clusterLabel.network] === 'host' ? coapPort : (published?.hostPort ?? 0)
  return [
    {
      id: taskId,
      containerId: id,
      name,
      isPaused: state === 'paused',
      coap:
        port === 0 ? undefined : { host: ownAddress, port, path: labels[clusterLabel.coapPath] ?? usualPath },
      readyMs: Number(labels[clusterLabel.readyMs] ?? usualReadyMs),
    },
  ]
}
