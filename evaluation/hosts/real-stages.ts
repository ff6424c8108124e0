// Stages on the hosts of an inventory. They are left as they were found: what runs there already is refused, never stopped.
import process from 'node:process'
import type { Environment } from '../../src/pair/ssh-process.ts'
import type { Inventory } from './inventory.ts'
import { checkNeeds } from './needs.ts'
import { type HostHistory, RealGround } from './real-ground.ts'
import { realRefusal } from './real-refusal.ts'
import type { Stage, StageNeed, Stages } from './stage.ts'
import { whileComingBack } from './while-coming-back.ts'

/** A Raspberry Pi 3 is back with its Engine after one to two minutes. */
const comingBackMs = 180_000
const againMs = 5000

/** @param env that ssh is started with: its agent, its home */
export function realStages(inventory: Inventory, env: Environment = process.env): Stages {
  return new RealStages(inventory, env)
}

class RealStages implements Stages {
  readonly kind = 'real'
  readonly #inventory: Inventory
  readonly #env: Environment
  readonly #history: HostHistory = { changed: new Map(), wasFit: new Set() }
  #ground: RealGround | undefined
  #hasStood = false

  constructor(inventory: Inventory, env: Environment) {
    this.#inventory = inventory
    this.#env = env
  }

  check(needs: readonly StageNeed[]): void {
    checkNeeds(needs, this.#inventory.place, (need) => realRefusal(this.#inventory, need))
  }

  /** Every host that is needed is reached, by each link, and asked whether it is fit; they are left as they were. */
  async assertReady(
    needs: readonly StageNeed[],
    signal: AbortSignal,
    say: (line: string) => void,
  ): Promise<void> {
    say(`looks whether the hosts of ${this.#inventory.place} are fit`)
    for (const [link, own] of Map.groupBy(needs, (need) => need.link)) {
      const workers = Math.max(...own.map((need) => need.workers))
      const ground = await this.#reach({ link, workers }, signal, say)
      try {
        await ground.assertFit(own, signal)
      } finally {
        await ground.takeDown()
      }
    }
  }

  /** Guesses for boards of the size of a Raspberry Pi 3: log-ins side by side; Engines that join, with devices, start anew. */
  expectedMs(before: StageNeed | undefined, need: StageNeed): number {
    const isSame = before?.link === need.link && before.workers === need.workers
    const reachMs = isSame ? 0 : 10_000
    const leaveMs = before?.mode === 'cluster' && !(isSame && need.mode === 'cluster') ? 15_000 : 0
    const joinMs = need.mode === 'cluster' && !(isSame && before?.mode === 'cluster') ? 30_000 : 0
    return 500 + reachMs + leaveMs + joinMs
  }

  async open(need: StageNeed, signal: AbortSignal, say: (line: string) => void): Promise<Stage> {
    this.check([need])
    // Where no stage has stood yet, nobody has restarted: a host that is not there is told at once.
    const limitMs = this.#hasStood ? comingBackMs : 0
    const options = { limitMs, everyMs: againMs, signal, say }
    const stage = await whileComingBack(() => this.#openOnce(need, signal, say), options)
    this.#hasStood = true
    return stage
  }

  async close(): Promise<void> {
    const ground = this.#ground
    this.#ground = undefined
    await ground?.takeDown()
  }

  async #openOnce(need: StageNeed, signal: AbortSignal, say: (line: string) => void): Promise<Stage> {
    try {
      if (this.#ground !== undefined && !(await this.#ground.carries(need, signal))) await this.close()
      if (this.#ground === undefined) {
        say(`reaches the hosts of ${this.#inventory.place}`)
        this.#ground = await this.#reach(need, signal, say)
      }
      return await this.#ground.enter(need, signal, say)
    } catch (error) {
      await this.close().catch((reason: Error) =>
        say(`what had been started was not ended: ${reason.message}`),
      )
      throw error
    }
  }

  #reach(
    need: Pick<StageNeed, 'link' | 'workers'>,
    signal: AbortSignal,
    say: (line: string) => void,
  ): Promise<RealGround> {
    return RealGround.reach(need, this.#inventory, {
      env: this.#env,
      history: this.#history,
      signal,
      say,
    })
  }
}
