// Keeps the inventory of this node as it is now: who comes and goes is told within a second or so, and what is new is offered to Swarm.
import { takeInventory } from '../../devices/inventory.ts'
import type { KernelView } from '../../devices/kernel-view.ts'
import { presenceMark } from '../../devices/presence-mark.ts'
import { type AgentDevice, mostAbsenceCharacters } from '../../model/cluster/agent-messages.ts'
import { type DeviceDeclaration, parseDeclarations } from '../../model/devices/declaration.ts'
import { type Device, deviceIdOf } from '../../model/devices/device.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { resourcesOf } from '../device-offer.ts'
import { type ExportChannel, exportChannels } from './export-channels.ts'
import { quietChannels } from './quiet-channels.ts'

export interface DeviceKeeperOptions {
  readonly view: KernelView
  /** /etc/shoal/devices.yaml; undefined: there is none. Throws ShoalError DEVICES_UNREADABLE. */
  readonly readDeclarations: () => Promise<string | undefined>
  /** `humidity=dht11-kitchen`: what the Engine offers Swarm of these devices now. Rejects while it does not answer. */
  readonly readOffer: (signal: AbortSignal) => Promise<readonly string[]>
  /** Has the Engine offer these, which takes a restart. Rejects with ShoalError. */
  readonly offer: (devices: readonly Device[], signal: AbortSignal) => Promise<void>
  /** Names the file in problems. */
  readonly place: string
  /** `reported` is another. */
  readonly onChange: () => void
  readonly onProblem: (text: string) => void
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly exportChannel?: ExportChannel
}

const lookEveryMs = 1000
/** What no listing shows, a channel that came late say, is found by this. */
const wholeLookEveryMs = 30_000
/** Whoever edits the file, or plugs in one thing after the other, is waited for: a restart disturbs all that runs here. */
const settledMs = 5000
/** Between two restarts. */
const restartEveryMs = 60_000

export class DeviceKeeper {
  readonly #options: DeviceKeeperOptions
  #text: string | undefined
  #declarations: readonly DeviceDeclaration[] = []
  #isRead = false
  #mark = ''
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #devices: readonly Device[] = []
  #offered: readonly string[] = []
  #isOfferKnown = false
  #missing = ''
  #missingSinceMs = 0
  #offeredAtMs = Number.NEGATIVE_INFINITY
  #reported: readonly AgentDevice[] | undefined

  constructor(options: DeviceKeeperOptions) {
    this.#options = options
  }

  /** By id; undefined until it has looked: nothing is known then, which is not the same as nothing being there. */
  get reported(): readonly AgentDevice[] | undefined {
    return this.#reported
  }

  /** Until the signal comes. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#look(stop)
      await pause(lookEveryMs, stop)
    }
  }

  async #look(stop: AbortSignal): Promise<void> {
    const { now, onChange, onProblem, view } = this.#options
    const isNewFile = await this.#readFile()
    const mark = await presenceMark(view, this.#declarations)
    const isDue = now() - this.#lookedAtMs >= wholeLookEveryMs
    if (isNewFile || mark !== this.#mark || isDue) {
      this.#mark = mark
      this.#lookedAtMs = now()
      const { exportChannel } = this.#options
      const problems = await exportChannels(view, this.#declarations, exportChannel)
      for (const problem of problems) onProblem(problem)
      this.#devices = (await takeInventory(view, this.#declarations)).devices
      if (isDue) this.#isOfferKnown = false
    }
    await this.#quiet()
    await this.#readOffer(stop)
    const reported = [...this.#devices.map(tellOf), ...this.#forgotten()]
    if (JSON.stringify(reported) !== JSON.stringify(this.#reported)) {
      this.#reported = reported
      onChange()
    }
    await this.#offerMissing(stop)
  }

  async #quiet(): Promise<void> {
    const { onProblem } = this.#options
    try {
      for (const id of await quietChannels(this.#devices))
        onProblem(`${id} was left on by an instance that ended: switched off`)
    } catch (error) {
      onProblem(`switch off a channel that nobody holds: ${String(error)}`)
    }
  }

  /** @returns whether it says something else. A file that is wrong leaves what it said before. */
  async #readFile(): Promise<boolean> {
    const { readDeclarations, place, onProblem } = this.#options
    try {
      const text = await readDeclarations()
      if (this.#isRead && text === this.#text) return false
      this.#text = text
      this.#isRead = true
      this.#declarations = text === undefined ? [] : parseDeclarations(text, place)
      return true
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error
      onProblem(`${place}: ${error.reason}`)
      return false
    }
  }

  async #readOffer(stop: AbortSignal): Promise<void> {
    if (this.#isOfferKnown) return
    try {
      this.#offered = await this.#options.readOffer(stop)
      this.#isOfferKnown = true
    } catch (error) {
      if (!(error instanceof ShoalError) && !stop.aborted) throw error
    }
  }

  /** What Swarm still counts on though nothing here stands for it: it is kept from it like any absent device. */
  #forgotten(): readonly AgentDevice[] {
    const known = new Set(this.#devices.map(({ id }) => id))
    const forgotten = new Map<string, AgentDevice>()
    for (const resource of this.#offered) {
      const equals = resource.indexOf('=')
      const [kind, id] = [resource.slice(0, equals), deviceIdOf(resource.slice(equals + 1))]
      if (known.has(id)) continue
      const earlier = forgotten.get(id)
      const isPath = kind.startsWith('/')
      forgotten.set(id, {
        id,
        capability: isPath ? (earlier?.capability ?? '') : kind,
        shared: 1,
        isPresent: false,
        absence: 'the Engine offers it, and neither the file of devices nor the kernel knows it any more',
        paths: [...(earlier?.paths ?? []), ...(isPath ? [kind] : [])],
      })
    }
    return [...forgotten.values()]
  }

  async #offerMissing(stop: AbortSignal): Promise<void> {
    if (!this.#isOfferKnown || stop.aborted) return
    const { now, offer, onProblem } = this.#options
    const missing = resourcesOf(this.#devices)
      .filter((each) => !this.#offered.includes(each))
      .join()
    if (missing !== this.#missing) {
      this.#missing = missing
      this.#missingSinceMs = now()
    }
    if (missing === '' || now() - this.#missingSinceMs < settledMs) return
    if (now() - this.#offeredAtMs < restartEveryMs) return
    this.#offeredAtMs = now()
    try {
      await offer(this.#devices, stop)
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error
      onProblem(`offer ${missing}: ${error.reason}`)
    }
    this.#isOfferKnown = false
  }
}

function tellOf({ id, capability, shared, grant, absence, paths }: Device): AgentDevice {
  return {
    id,
    capability,
    shared,
    isPresent: grant !== undefined,
    absence: absence.slice(0, mostAbsenceCharacters),
    paths,
  }
}
