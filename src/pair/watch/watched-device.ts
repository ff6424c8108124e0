// A device under watch: keeps a connection to it, looks at its containers, and connects again when it is lost.
import type { ContainerSummary } from '../../engine/container-answers.ts'
import { pause } from '../../model/pause.ts'
import type { ClusterClaims } from '../claims/holder.ts'
import type { InventoryView } from '../claims/inventory-view.ts'
import { lookAtClaims } from '../claims/look-at-claims.ts'
import { readDeviceInventory } from '../claims/read-inventory.ts'
import { connectDevice } from '../connect-device.ts'
import type { Device } from '../device.ts'
import { finishAbandoned } from '../finish-abandoned.ts'
import type { PairContext } from '../pair-context.ts'
import { reasonOf } from '../reason-of.ts'
import type { Target } from '../target.ts'
import type { CandidateDevice } from './choose-device.ts'

/** A container that ends is noticed within this. */
const lookPauseMs = 500

/** Looks that are further apart than this hang on a link that may be gone. */
const freshMs = 1500

/** A look takes milliseconds; a device that needs longer than this is as good as lost. */
const lookLimitMs = 5000

const reconnectPauseMs = 1000

/** The inventory is read only when an instance has to be taken over: each reading is a hundred small processes there. */
const inventoryFreshMs = 5000

/** A machine that needs longer is passed over for now. */
const inventoryLimitMs = 10_000

/** What the machine has for instances that need devices. */
export interface WatchedInventory {
  readonly inventory: InventoryView
  readonly clusterClaims: ClusterClaims
}

export interface DeviceListener {
  readonly onLost: (device: string, reason: string) => void
  readonly onBack: (device: string) => void
}

export class WatchedDevice {
  readonly target: Target
  readonly #context: PairContext
  readonly #listener: DeviceListener
  #device: Device | undefined
  #containers: readonly ContainerSummary[] = []
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #isLost = false
  #inventory: (WatchedInventory & { readonly readAtMs: number }) | undefined
  #isReading = false

  constructor(target: Target, context: PairContext, listener: DeviceListener) {
    this.target = target
    this.#context = context
    this.#listener = listener
  }

  get label(): string {
    return this.target.label
  }

  get isLost(): boolean {
    return this.#isLost
  }

  /** Undefined while it is lost, or not yet connected. */
  get device(): Device | undefined {
    return this.#device
  }

  /** Whether it has answered so lately that it is worth a take-over: a lost link is noticed only some seconds later. */
  get isFresh(): boolean {
    return this.#device !== undefined && this.#context.now() - this.#lookedAtMs < freshMs
  }

  /** When `containers` was asked for, on the context's clock. */
  get lookedAtMs(): number {
    return this.#lookedAtMs
  }

  /** All containers, as last seen; of no meaning while the device is lost. */
  get containers(): readonly ContainerSummary[] {
    return this.#containers
  }

  /** As lately read; undefined when it is to be read again. */
  get inventory(): WatchedInventory | undefined {
    const read = this.#inventory
    return read !== undefined && this.#context.now() - read.readAtMs < inventoryFreshMs ? read : undefined
  }

  /** @param carries instances under watch that it has, or is about to have */
  asCandidate(carries: number): CandidateDevice {
    const { inventory, clusterClaims = new Map() } = this.inventory ?? {}
    return { label: this.label, containers: this.#containers, inventory, clusterClaims, carries }
  }

  /** One reading at a time. It never rejects: a connection that was lost is noticed by the looks. */
  async readInventory(): Promise<void> {
    const device = this.#device
    if (device === undefined || this.#isReading) return
    this.#isReading = true
    try {
      const { signal } = this.#context
      const inventory = await readDeviceInventory(device, signal, inventoryLimitMs)
      const clusterClaims = await lookAtClaims(device.engine, this.#containers, signal)
      this.#inventory = { inventory, clusterClaims, readAtMs: this.#context.now() }
    } catch {
      this.#inventory = undefined
    } finally {
      this.#isReading = false
    }
  }

  /** Looks again and again until the signal comes. Resolves when the connection is closed. */
  async watch(): Promise<void> {
    const { signal } = this.#context
    while (!signal.aborted) {
      try {
        const device = await connectDevice(this.target, this.#context.connector, signal)
        try {
          await finishAbandoned([device], this.#context)
          await this.#look(device, signal)
          this.#device = device
          if (this.#isLost) this.#listener.onBack(this.label)
          this.#isLost = false
          while (!signal.aborted) {
            await pause(lookPauseMs, signal)
            await this.#look(device, signal)
          }
        } catch (error) {
          throw await device.explain(error)
        } finally {
          this.#device = undefined
          device.close()
        }
      } catch (error) {
        if (signal.aborted) break
        if (!this.#isLost) this.#listener.onLost(this.label, reasonOf(error))
        this.#isLost = true
      }
      await pause(reconnectPauseMs, signal)
    }
  }

  async #look(device: Device, signal: AbortSignal): Promise<void> {
    const askedAtMs = this.#context.now()
    this.#containers = await device.engine.containers.list([], { signal, deadlineMs: lookLimitMs })
    this.#lookedAtMs = askedAtMs
  }
}
