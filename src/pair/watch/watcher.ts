// Keeps the wanted number of instances alive: when one ends, falls silent, or its device is lost, another device takes over; when
// the device returns, what it still runs of those that run elsewhere by now is removed.
import type { ContainerSummary } from '../../engine/containers.ts'
import type { Application } from '../../model/application.ts'
import type { Endpoint } from '../../model/endpoint.ts'
import { carryOut } from '../carry-out.ts'
import { coapEndpoint, probeUri } from '../coap-endpoint.ts'
import type { Device } from '../device.ts'
import type { ActiveInstance } from '../execute-plan.ts'
import {
  coapAnswerOf,
  configHashOf,
  type FoundInstance,
  findInstance,
  newRunId,
  wantInstances,
} from '../instance.ts'
import type { PairContext } from '../pair-context.ts'
import { pause } from '../pause.ts'
import { heldPorts, planTakeOver } from '../plan-activation.ts'
import { reasonOf } from '../reason-of.ts'
import { spreadInstances } from '../spread.ts'
import type { Target } from '../target.ts'
import { probe } from './prober.ts'
import { Slot } from './slot.ts'
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
    for (const { device, containers } of this.#devices) {
      if (device === undefined) continue
      const found = containers.map(findInstance).find((each) => each !== undefined && isAsWanted(each, slot))
      if (found === undefined) continue
      slot.settle(
        { device: device.label, containerId: found.container.id, endpoint: endpointOf(found, device) },
        this.#now(),
      )
      this.#tellUp(slot)
      this.#probe(slot)
      return true
    }
    return false
  }

  #takeOver(slot: Slot): void {
    const choice = this.#chooseDevice(slot)
    if (choice.device === undefined) {
      slot.retryAtMs = this.#now() + firstRetryMs
      if (slot.state === 'waiting') return
      slot.move('waiting')
      this.#tell({ kind: 'instance-waiting', instance: slot.instance.id, reason: choice.reason })
      return
    }
    slot.move('moving')
    slot.movingTo = choice.device.label
    this.#tell({ kind: 'instance-moving', instance: slot.instance.id, device: choice.device.label })
    this.#spawn(this.#start(slot, choice.device))
  }

  /** The device that it failed on comes last: what was wrong there may still be. */
  #chooseDevice(
    slot: Slot,
  ): { readonly device: Device } | { readonly device: undefined; readonly reason: string } {
    const connected = this.#devices
      .filter(({ isFresh }) => isFresh)
      .toSorted((a, b) => Number(a.label === slot.home.device) - Number(b.label === slot.home.device))
    if (connected.length === 0) return { device: undefined, reason: 'no device can be reached' }
    const rejected: string[] = []
    for (const last of [false, true]) {
      const candidates = connected.filter(({ label }) => (label === slot.home.device) === last)
      const spread = spreadInstances(
        [slot.instance],
        candidates.map(({ label, containers }) => ({
          label,
          has: new Set<string>(),
          held: heldPorts({ containers }, ownInstances(containers, slot)),
          carries: this.#slots.filter((other) => (other.movingTo ?? other.home.device) === label).length,
        })),
      )
      const device = connected.find(({ label }) => label === spread.placed[0]?.device)?.device
      if (device !== undefined) return { device }
      for (const each of spread.unplaced[0]?.rejected ?? []) rejected.push(`${each.device}: ${each.reason}`)
    }
    return { device: undefined, reason: rejected.join('; ') }
  }

  async #start(slot: Slot, device: Device): Promise<void> {
    const { application, context } = this.#parts
    const run = newRunId()
    const instance =
      wantInstances(application, run).find(({ id }) => id === slot.instance.id) ?? slot.instance
    try {
      const [active] = await carryOut(
        {
          run,
          application,
          devices: [device],
          connectMs: new Map(),
          plan: ([view], stored) => {
            if (view === undefined) throw new Error(`${device.label} was not looked at`)
            return planTakeOver(application, instance, view, stored)
          },
        },
        context,
      )
      if (active === undefined) throw new Error(`${instance.id} was not started`)
      slot.movingTo = undefined
      slot.settle(
        { device: device.label, containerId: active.containerId, endpoint: active.endpoint },
        this.#now(),
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
      this.#tell({ kind: 'move-failed', instance: instance.id, device: device.label, reason, retryInMs })
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

function isAsWanted(found: FoundInstance, slot: Slot): boolean {
  return (
    found.id === slot.instance.id &&
    found.container.state === 'running' &&
    found.container.id !== slot.rejectedContainerId &&
    found.configHash === configHashOf(slot.instance)
  )
}

function endpointOf(found: FoundInstance, device: Device): Endpoint | undefined {
  const exposure = {
    coapPort: coapAnswerOf(found).port,
    isHostNetwork: found.container.networkMode === 'host',
    ports: found.container.ports,
  }
  return coapEndpoint(exposure, device.address)
}

/** What is left of the instance itself on a device does not stand in its own way. */
function ownInstances(containers: readonly ContainerSummary[], { instance }: Slot): FoundInstance[] {
  return containers.flatMap((container) => {
    const found = findInstance(container)
    return found?.id === instance.id ? [found] : []
  })
}
