// Keeps the wanted number of instances alive: when one ends, falls silent, or its device is lost, another device takes over; when
// the device returns, what it still runs of those that run elsewhere by now is removed.
import type { Application } from '../../model/application.ts'
import { pause } from '../../model/pause.ts'
import { foundEndpoint, probeUri } from '../coap-endpoint.ts'
import type { Device } from '../device.ts'
import type { ActiveInstance } from '../execute-plan.ts'
import { findInstance } from '../instance.ts'
import type { PairContext } from '../pair-context.ts'
import { reasonOf } from '../reason-of.ts'
import type { Target } from '../target.ts'
import { chooseDevice } from './choose-device.ts'
import { probe } from './prober.ts'
import { Slot } from './slot.ts'
import { takeOver } from './take-over.ts'
import type { WatchEvent } from './watch-event.ts'
import { WatchedDevice } from './watched-device.ts'

export interface WatcherParts {
  readonly application: Application
  readonly instances: readonly ActiveInstance[]
  readonly targets: readonly Target[]
  readonly context: PairContext
  readonly onWatchEvent: (event: WatchEvent) => void
}

/** An instance that has not answered for this long is given up: four questions, so that one lost datagram moves nothing. */
const silenceLimitMs = 4000

/** One lost datagram is not worth a line. */
const missesToTell = 2

const tickMs = 100

/** After a take-over that failed, on any device; doubled with each failure in a row. */
const firstRetryMs = 1000
const longestRetryMs = 30_000

export class Watcher {
  readonly #parts: WatcherParts
  readonly #slots: readonly Slot[]
  readonly #devices: readonly WatchedDevice[]
  readonly #probes = new Map<Slot, AbortController>()
  readonly #work = new Set<Promise<void>>()
  readonly #removing = new Set<string>()

  constructor(parts: WatcherParts) {
    this.#parts = parts
    const nowMs = parts.context.now()
    this.#slots = parts.instances.map(
      ({ instance, device, containerId, endpoint }) =>
        new Slot(instance, { device: device.label, containerId, endpoint }, nowMs),
    )
    const listener = {
      onLost: (device: string, reason: string) => parts.onWatchEvent({ kind: 'device-lost', device, reason }),
      onBack: (device: string) => parts.onWatchEvent({ kind: 'device-back', device }),
    }
    this.#devices = parts.targets.map((target) => new WatchedDevice(target, parts.context, listener))
  }

  /** Watches until the signal comes; resolves when nothing is under way any more. */
  async watch(): Promise<void> {
    const { signal } = this.#parts.context
    for (const device of this.#devices) this.#spawn(device.watch())
    for (const slot of this.#slots) this.#probe(slot)
    while (!signal.aborted) {
      for (const slot of this.#slots) this.#tend(slot)
      for (const device of this.#devices) this.#removeSurplus(device)
      await pause(tickMs, signal)
    }
    for (const stop of this.#probes.values()) stop.abort()
    await Promise.allSettled(this.#work)
  }

  #tend(slot: Slot): void {
    if (slot.state === 'up' || slot.state === 'silent') {
      const reason = this.#whyDown(slot)
      if (reason !== undefined) this.#giveUp(slot, reason)
    }
    if (slot.state === 'down' || slot.state === 'waiting') {
      if (!this.#adopt(slot) && this.#now() >= slot.retryAtMs) this.#takeOver(slot)
    }
  }

  /** @returns undefined as long as there is hope. */
  #whyDown(slot: Slot): string | undefined {
    const home = this.#devices.find(({ label }) => label === slot.home.device)
    if (home?.device !== undefined && home.lookedAtMs > slot.homeSinceMs) {
      const container = home.containers.find(({ id }) => id === slot.home.containerId)
      if (container === undefined) return 'its container was removed'
      if (container.state === 'exited' || container.state === 'dead') {
        return `its container ended: ${container.status}`
      }
    }
    if (slot.home.endpoint === undefined) return home?.isLost ? 'its device is lost' : undefined
    if (this.#now() - slot.answeredAtMs <= silenceLimitMs) return undefined
    return `it has not answered for ${silenceLimitMs / 1000} s`
  }

  #giveUp(slot: Slot, reason: string): void {
    const home = this.#devices.find(({ label }) => label === slot.home.device)
    slot.move('down')
    slot.downAtMs = this.#now()
    slot.rejectedContainerId = home?.isFresh ? slot.home.containerId : undefined
    this.#probes.get(slot)?.abort()
    this.#tell({ kind: 'instance-down', instance: slot.instance.id, device: slot.home.device, reason })
  }

  /** A device that has come back may still run it. @returns whether one does. */
  #adopt(slot: Slot): boolean {
    for (const { device, containers, lookedAtMs } of this.#devices) {
      // What was seen before it was given up says nothing.
      if (device === undefined || lookedAtMs <= slot.downAtMs) continue
      const found = containers.map(findInstance).find((each) => each !== undefined && slot.isFilledBy(each))
      if (found === undefined) continue
      slot.settle(
        {
          device: device.label,
          containerId: found.container.id,
          endpoint: foundEndpoint(found, device.address),
        },
        this.#now(),
      )
      this.#tellUp(slot)
      this.#probe(slot)
      return true
    }
    return false
  }

  #takeOver(slot: Slot): void {
    const fresh = this.#devices.filter(({ isFresh }) => isFresh)
    if (slot.instance.service.needs.length > 0) {
      const unknown = fresh.filter(({ inventory }) => inventory === undefined)
      for (const device of unknown) this.#spawn(device.readInventory())
      if (unknown.length > 0) return
    }
    const choice = chooseDevice(
      slot.instance,
      slot.home.device,
      fresh.map((each) => each.asCandidate(this.#countOn(each.label))),
    )
    const device = choice.ok ? fresh.find(({ label }) => label === choice.device)?.device : undefined
    if (device === undefined) {
      slot.retryAtMs = this.#now() + firstRetryMs
      const reason = choice.ok ? `${choice.device} was lost` : choice.reason
      if (slot.waitFor(reason)) this.#tell({ kind: 'instance-waiting', instance: slot.instance.id, reason })
      return
    }
    slot.move('moving')
    slot.movingTo = device.label
    this.#tell({ kind: 'instance-moving', instance: slot.instance.id, device: device.label })
    this.#spawn(this.#start(slot, device))
  }

  #countOn(device: string): number {
    return this.#slots.filter(({ movingTo, home }) => (movingTo ?? home.device) === device).length
  }

  async #start(slot: Slot, device: Device): Promise<void> {
    const { application, context } = this.#parts
    try {
      const active = await takeOver(slot.instance, application, device, context)
      slot.movingTo = undefined
      slot.settle(
        { device: device.label, containerId: active.containerId, endpoint: active.endpoint },
        this.#now(),
        active.instance,
      )
      this.#tellUp(slot)
      this.#probe(slot)
    } catch (error) {
      slot.movingTo = undefined
      slot.move('down')
      if (context.signal.aborted) return
      const retryInMs = Math.min(firstRetryMs * 2 ** slot.failures, longestRetryMs)
      slot.failures++
      slot.retryAtMs = this.#now() + retryInMs
      const reason = reasonOf(error)
      this.#tell({ kind: 'move-failed', instance: slot.instance.id, device: device.label, reason, retryInMs })
    }
  }

  /** Instances on the device that run elsewhere by now: there must not be more than are wanted for long. */
  #removeSurplus({ device, containers }: WatchedDevice): void {
    if (device === undefined) return
    for (const found of containers.flatMap((container) => findInstance(container) ?? [])) {
      const { id, name, state } = found.container
      const slot = this.#slots.find(({ instance }) => instance.id === found.id)
      if (slot?.state !== 'up' || slot.home.containerId === id || this.#removing.has(id)) continue
      this.#removing.add(id)
      this.#spawn(
        (async () => {
          if (state === 'running') await device.engine.containers.stop(id, name)
          await device.engine.containers.remove(id, name)
          this.#tell({ kind: 'surplus-removed', instance: found.id, device: device.label })
        })().catch(() => {
          // Its device is lost again: the next look after its return finds it again.
          this.#removing.delete(id)
        }),
      )
    }
  }

  #probe(slot: Slot): void {
    const { endpoint } = slot.home
    if (endpoint === undefined) return
    const stop = new AbortController()
    this.#probes.set(slot, stop)
    const onAnswer = (): void => {
      slot.answeredAtMs = this.#now()
      slot.misses = 0
      if (slot.state !== 'silent') return
      slot.move('up')
      this.#tell({ kind: 'instance-answers', instance: slot.instance.id, device: slot.home.device })
    }
    const onMiss = (): void => {
      slot.misses++
      if (slot.state !== 'up' || slot.misses < missesToTell) return
      slot.move('silent')
      this.#tell({ kind: 'instance-silent', instance: slot.instance.id, device: slot.home.device })
    }
    this.#spawn(probe(probeUri(slot.instance.service.coap, endpoint), onAnswer, onMiss, stop.signal))
  }

  #tellUp({ instance, home, downAtMs }: Slot): void {
    const { device, endpoint } = home
    this.#tell({
      kind: 'instance-up',
      instance: instance.id,
      device,
      endpoint,
      downMs: this.#now() - downAtMs,
    })
  }

  #tell(event: WatchEvent): void {
    this.#parts.onWatchEvent(event)
  }

  #now(): number {
    return this.#parts.context.now()
  }

  #spawn(work: Promise<void>): void {
    this.#work.add(work)
    work.finally(() => this.#work.delete(work)).catch(() => {})
  }
}
