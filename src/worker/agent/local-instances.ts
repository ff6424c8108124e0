// The instances of Shoal on this node, from its Engine: listed when something happens to a container, and now and then.
import type { ContainerSummary } from '../../engine/container-answers.ts'
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import { pause } from '../../model/pause.ts'

export interface LocalInstance {
  /** Swarm's id of it. */
  readonly id: string
  readonly containerId: string
  readonly name: string
  readonly isPaused: boolean
  /** Where it answers CoAP; undefined where it does not speak it. */
  readonly probe: { readonly port: number; readonly path: string } | undefined
  readonly readyMs: number
}

const filter = [`${clusterLabel.mode}=cluster`, clusterLabel.taskId]
/** In case an event was missed. */
const relistMs = 15_000
const retryMs = 1000
const usualReadyMs = 30_000

export class LocalInstances {
  readonly #engine: Pick<Engine, 'containers' | 'events'>
  readonly #onList: (instances: readonly LocalInstance[]) => void
  readonly #onTrouble: (error: unknown) => void
  #wake: () => void = () => {}
  #isStale = true

  constructor({
    engine,
    onList,
    onTrouble,
  }: {
    readonly engine: Pick<Engine, 'containers' | 'events'>
    /** Running or paused ones, each time that they were listed. */
    readonly onList: (instances: readonly LocalInstance[]) => void
    readonly onTrouble: (error: unknown) => void
  }) {
    this.#engine = engine
    this.#onList = onList
    this.#onTrouble = onTrouble
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
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (!this.#isStale) await Promise.race([pause(relistMs, stop), woken])
      this.#isStale = false
      if (stop.aborted) return
      try {
        const containers = await this.#engine.containers.list(filter, { signal: stop })
        this.#onList(containers.flatMap(instanceOf))
      } catch (error) {
        if (stop.aborted) return
        this.#onTrouble(error)
        this.#isStale = true
        await pause(retryMs, stop)
      }
    }
  }

  async #follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const events = this.#engine.events.follow({
          filters: {
            type: ['container'],
            event: ['start', 'die', 'pause', 'unpause', 'destroy'],
            label: [`${clusterLabel.mode}=cluster`],
          },
          onOpen: () => this.touch(),
          signal: stop,
        })
        for await (const _ of events) this.touch()
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
  const isHost = labels[clusterLabel.network] === 'host'
  const published = ports.find(
    ({ containerPort, protocol }) => containerPort === coapPort && protocol === 'udp',
  )
  const port = isHost ? coapPort : (published?.hostPort ?? 0)
  return [
    {
      id: taskId,
      containerId: id,
      name,
      isPaused: state === 'paused',
      probe: port === 0 ? undefined : { port, path: labels[clusterLabel.coapPath] ?? '/.well-known/core' },
      readyMs: Number(labels[clusterLabel.readyMs] ?? usualReadyMs),
    },
  ]
}
