// Waits until services that were just deployed answer, all at once, or until it is clear that they do not.
import { waitForAnswer } from '../../coap/wait-for-answer.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { InstanceView, ServiceView } from '../../model/cluster/views.ts'
import { renderEndpoint } from '../../model/endpoint.ts'
import { pause } from '../../model/pause.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import { explainService } from '../../placement/explain-service.ts'
import { fitsSoon } from '../../placement/fits-soon.ts'
import type { ClusterView } from './cluster-view.ts'
import { type AwaitedService, type ComeUp, ComingUp } from './coming-up.ts'

export interface AwaitOptions {
  readonly view: Pick<ClusterView, 'refresh'>
  /** The services as clients see them, now. */
  readonly views: () => readonly ServiceView[]
  /** What is known of the devices of each node. */
  readonly devicesOf: DevicesOf
  readonly signal: AbortSignal
  /** A service that has come up, or will not. */
  readonly onVerdict: (service: AwaitedService, verdict: ComeUp) => void
}

const lookEveryMs = 50

/** Resolves when each has its verdict; rejects with the signal's reason, or ShoalError where Swarm does not answer. */
export async function awaitServices(
  services: readonly AwaitedService[],
  { view, views, devicesOf, signal, onVerdict }: AwaitOptions,
): Promise<void> {
  const open = new Map(services.map((service) => [service, new ComingUp(service, performance.now())]))
  const ended = new AbortController()
  const probes = new OwnProbes(AbortSignal.any([signal, ended.signal]))
  try {
    for (;;) {
      const snapshot = await view.refresh({ signal })
      const seen = views()
      for (const [service, coming] of open) {
        const found = snapshot.services.find(({ id }) => id === service.id)
        const path = found?.spec.Labels?.[clusterLabel.coapPath] ?? '/.well-known/core'
        const verdict = coming.judge(
          snapshot,
          seen.find((each) => each.application === found?.application && each.service === found?.name),
          (instance) => probes.answers(instance, path),
          performance.now(),
          () => found !== undefined && fitsSoon(explainService(found, snapshot, devicesOf).verdicts),
        )
        if (verdict === undefined) continue
        open.delete(service)
        onVerdict(service, verdict)
      }
      if (open.size === 0) return
      await pause(lookEveryMs, signal)
      signal.throwIfAborted()
    }
  } finally {
    ended.abort()
    await probes.end()
  }
}

/** Of instances on nodes without an agent. */
class OwnProbes {
  readonly #signal: AbortSignal
  readonly #asked = new Map<string, Promise<void>>()
  readonly #answered = new Set<string>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  answers({ id, endpoint }: InstanceView, path: string): boolean {
    if (endpoint !== undefined && !this.#asked.has(id)) {
      const asking = waitForAnswer(`${renderEndpoint(endpoint)}${path}`, this.#signal).then((answered) => {
        if (answered) this.#answered.add(id)
      })
      this.#asked.set(id, asking)
    }
    return this.#answered.has(id)
  }

  async end(): Promise<void> {
    await Promise.all(this.#asked.values())
  }
}
