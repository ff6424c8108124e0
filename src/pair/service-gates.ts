// Holds back instances until the services that they depend on have come far enough, on whichever devices those are.
import type { Dependency } from '../model/application.ts'
import { interruption } from './interruption.ts'
import type { ActivationPlan } from './plan-activation.ts'

type Condition = Dependency['condition']

interface Gate {
  /** Instances that have not come this far. */
  missing: number
  open: () => void
  readonly opened: Promise<void>
}

export class ServiceGates {
  readonly #gates = new Map<string, Gate>()

  constructor(plan: ActivationPlan) {
    const lanes = plan.devices.flatMap((device) => device.lanes)
    for (const { service, condition } of lanes.flatMap(({ after }) => after)) {
      const missing = lanes.filter(({ instance }) => instance.service.name === service).length
      const { promise, resolve } = Promise.withResolvers<void>()
      if (missing === 0) resolve()
      this.#gates.set(key(service, condition), { missing, open: resolve, opened: promise })
    }
  }

  /** Whether anybody waits for the service to come this far. */
  isAwaited(service: string, condition: Condition): boolean {
    return this.#gates.has(key(service, condition))
  }

  /** One instance of the service has come this far. */
  reach(service: string, condition: Condition): void {
    const gate = this.#gates.get(key(service, condition))
    if (gate === undefined) return
    gate.missing--
    if (gate.missing === 0) gate.open()
  }

  /** Resolves when all the dependencies have come far enough. Throws ShoalError INTERRUPTED when the signal comes first. */
  async pass(dependencies: readonly Dependency[], signal: AbortSignal): Promise<void> {
    const stopped = Promise.withResolvers<never>()
    const stop = (): void =>
      stopped.reject(
        interruption('wait for', dependencies.map(({ service }) => `service ${service}`).join(', ')),
      )
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    stopped.promise.catch(() => {})
    try {
      for (const { service, condition } of dependencies) {
        await Promise.race([this.#gates.get(key(service, condition))?.opened, stopped.promise])
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

function key(service: string, condition: Condition): string {
  return `${service} ${condition}`
}
