// A place that one instance of the application fills, wherever that is: its states and the moves between them.
import type { Endpoint } from '../../model/endpoint.ts'
import { configHashOf, type FoundInstance, type WantedInstance } from '../instance.ts'

/**
 * `up`: it answers. `silent`: it has missed an answer. `down`: it is given up, and another is to take its place. `moving`: another
 * is being started. `waiting`: no device can carry it now.
 */
export type SlotState = 'up' | 'silent' | 'down' | 'moving' | 'waiting'

/** From each state, the states that may follow. */
export const slotMoves: Readonly<Record<SlotState, readonly SlotState[]>> = Object.freeze({
  up: ['silent', 'down'],
  silent: ['up', 'down'],
  // `up` without a move: its device has come back, and it still runs there.
  down: ['moving', 'waiting', 'up'],
  waiting: ['moving', 'up'],
  moving: ['up', 'down'],
})

/** Where an instance runs. */
export interface Home {
  readonly device: string
  readonly containerId: string
  /** Undefined for a service without CoAP. */
  readonly endpoint: Endpoint | undefined
}

export class Slot {
  #instance: WantedInstance
  #state: SlotState = 'up'
  #home: Home
  #homeSinceMs: number
  #waitsFor = ''
  /** When it last answered, on the watcher's clock, and how many questions it has missed since. */
  answeredAtMs: number
  misses = 0
  /** When it was given up. */
  downAtMs = 0
  /** A container that was given up although its device was there: it must not be taken for good again. */
  rejectedContainerId: string | undefined
  /** The device on which it is being started. */
  movingTo: string | undefined
  /** Attempts in a row that have failed, and when the next may begin. */
  failures = 0
  retryAtMs = 0

  constructor(instance: WantedInstance, home: Home, nowMs: number) {
    this.#instance = instance
    this.#home = home
    this.#homeSinceMs = nowMs
    this.answeredAtMs = nowMs
  }

  /** With the devices that it has at home. */
  get instance(): WantedInstance {
    return this.#instance
  }

  /** Where it runs, or ran last. */
  get home(): Home {
    return this.#home
  }

  get homeSinceMs(): number {
    return this.#homeSinceMs
  }

  get state(): SlotState {
    return this.#state
  }

  /** Whether a container that was found is the instance as it was made last. */
  isFilledBy({ id, container, configHash }: FoundInstance): boolean {
    return (
      id === this.#instance.id &&
      container.state === 'running' &&
      container.id !== this.rejectedContainerId &&
      configHash === configHashOf(this.#instance)
    )
  }

  /** Throws for a move that is not in the table. */
  move(to: SlotState): void {
    if (!slotMoves[this.#state].includes(to)) {
      throw new Error(`instance ${this.instance.id} cannot go from ${this.#state} to ${to}`)
    }
    this.#state = to
  }

  /** No device can carry it now. @returns whether that is news, or the reason is */
  waitFor(reason: string): boolean {
    const isNews = this.#state !== 'waiting' || reason !== this.#waitsFor
    if (this.#state !== 'waiting') this.move('waiting')
    this.#waitsFor = reason
    return isNews
  }

  /** It runs there now, and is taken to answer. @param instance as it was made there */
  settle(home: Home, nowMs: number, instance = this.#instance): void {
    this.move('up')
    this.#instance = instance
    this.#home = home
    this.#homeSinceMs = nowMs
    this.answeredAtMs = nowMs
    this.misses = 0
    this.failures = 0
    this.rejectedContainerId = undefined
  }
}
