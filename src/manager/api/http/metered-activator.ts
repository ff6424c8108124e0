// Counts and times the activations that pass through, whatever interface they came by.

import type { Metrics } from './metrics.ts'
import type { HttpParts } from './parts.ts'

type Activator = HttpParts['activator']

export class MeteredActivator implements Activator {
  readonly #activator: Activator
  readonly #metrics: Pick<Metrics, 'observeActivation'>

  constructor(activator: Activator, metrics: Pick<Metrics, 'observeActivation'>) {
    this.#activator = activator
    this.#metrics = metrics
  }

  /** As the activator's own. */
  async activate(...[name, options]: Parameters<Activator['activate']>): ReturnType<Activator['activate']> {
    const startedAtMs = performance.now()
    const seconds = (): number => (performance.now() - startedAtMs) / 1000
    try {
      const activation = await this.#activator.activate(name, options)
      this.#metrics.observeActivation(activation.wasActive ? 'already_active' : 'activated', seconds())
      return activation
    } catch (error) {
      this.#metrics.observeActivation('failed', seconds())
      throw error
    }
  }

  deactivate(...[name, options]: Parameters<Activator['deactivate']>): Promise<void> {
    return this.#activator.deactivate(name, options)
  }
}
