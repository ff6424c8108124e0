// Keeps services off nodes where a device that they need is absent, and lets them back: what stands in Swarm is brought to what agents report.
import type { Engine } from '../../engine/engine.ts'
import { barsOf, withBars } from '../../model/cluster/bars.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import { despiteConflicts } from '../swarm/despite-conflicts.ts'
import { planBars, wantedBars } from './plan-bars.ts'

export interface DeviceBarsOptions {
  readonly engine: { readonly services: Pick<Engine['services'], 'inspect' | 'update'> }
  readonly view: {
    snapshot(): ClusterSnapshot
    refresh(options: { readonly signal?: AbortSignal }): Promise<ClusterSnapshot>
  }
  /** Undefined for a node that is not heard. */
  readonly devicesOf: DevicesOf
  /** Tells of anything new in Swarm or in the reports of agents. @returns ends it */
  readonly onChange: (listener: () => void) => () => void
}

/** Before Swarm is tried again after it failed to answer. */
const retryMs = 500

export class DeviceBars {
  readonly #options: DeviceBarsOptions
  readonly #stop = new AbortController()
  #unlisten: () => void = () => {}
  #applying: Promise<void> | undefined
  #isStale = false

  constructor(options: DeviceBarsOptions) {
    this.#options = options
  }

  start(): void {
    this.#unlisten = this.#options.onChange(() => this.#look())
    this.#look()
  }

  async stop(): Promise<void> {
    this.#unlisten()
    this.#stop.abort()
    await this.#applying
  }

  #look(): void {
    this.#isStale = true
    if (this.#applying !== undefined || this.#stop.signal.aborted) return
    this.#applying = this.#apply().finally(() => {
      this.#applying = undefined
    })
  }

  /** Until nothing is left to change. */
  async #apply(): Promise<void> {
    const { view, devicesOf } = this.#options
    const { signal } = this.#stop
    while (this.#isStale && !signal.aborted) {
      this.#isStale = false
      try {
        const changes = planBars(view.snapshot(), devicesOf)
        for (const { service } of changes) await this.#change(service.id)
        if (changes.length > 0) await view.refresh({ signal })
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof ShoalError)) throw error
        this.#isStale = true
        await pause(retryMs, signal)
      }
    }
  }

  /** By the service as it is now: a deployment may have changed it meanwhile. */
  async #change(serviceId: string): Promise<void> {
    const { engine, view, devicesOf } = this.#options
    const { signal } = this.#stop
    await despiteConflicts(async () => {
      const now = await engine.services.inspect(serviceId, { signal })
      if (now === undefined) return
      const nodeIds = wantedBars(now.spec, serviceId, view.snapshot(), devicesOf)
      if (barsOf(now.spec).join() === nodeIds.join()) return
      await engine.services.update(serviceId, now.version, withBars(now.spec, nodeIds), { signal })
    })
  }
}
