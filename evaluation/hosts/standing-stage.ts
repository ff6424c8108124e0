// A stage whose hosts are up and sampled, wherever they come from.

import { allAnswer } from './all-answer.ts'
import type { EvaluationHost } from './evaluation-host.ts'
import type { HostFacts, HostSample, Stage, StageNeed } from './stage.ts'

export interface StageParts {
  readonly need: StageNeed
  readonly manager: EvaluationHost
  readonly client: EvaluationHost
  readonly workers: readonly EvaluationHost[]
  readonly facts: readonly HostFacts[]
  readonly managerAddress: string
  /** Whether what was started in the hosts still runs: the manager, the board. */
  readonly programsRun: () => boolean
}

export class StandingStage implements Stage {
  readonly need: StageNeed
  readonly client: EvaluationHost
  readonly manager: EvaluationHost
  readonly workers: readonly EvaluationHost[]
  readonly facts: readonly HostFacts[]
  readonly managerAddress: string
  readonly #programsRun: () => boolean
  readonly #listeners = new Set<(sample: HostSample) => void>()

  constructor({ need, client, manager, workers, facts, managerAddress, programsRun }: StageParts) {
    this.need = need
    this.client = client
    this.manager = manager
    this.workers = workers
    this.facts = facts
    this.managerAddress = managerAddress
    this.#programsRun = programsRun
  }

  onSample(listener: (sample: HostSample) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hands a sample to all who listen. */
  tell(sample: HostSample): void {
    for (const listener of this.#listeners) listener(sample)
  }

  async isWhole(signal: AbortSignal): Promise<boolean> {
    if (!this.#programsRun()) return false
    return await allAnswer([this.manager, this.client, ...this.workers], ['true'], signal)
  }
}
