// The cluster as the manager sees it now: a snapshot that is renewed when Swarm says that something changed, and once a second at least.
import type { Engine } from '../../engine/engine.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { unlessAborted } from '../../model/unless-aborted.ts'

/** Swarm tells of nodes and services as they change, but not of instances: those are asked for. */
const idlePeriodMs = 1000

/** Between two looks while somebody waits. */
const waitPeriodMs = 25

/** Before the Engine is asked again after it failed to answer. */
const retryMs = 500

/** The interface of the Engine that is used. */
export type ViewedEngine = Pick<Engine, 'nodes' | 'services' | 'tasks' | 'events'>

export interface ClusterViewOptions {
  readonly engine: ViewedEngine
  /** Milliseconds, monotonic. */
  readonly now?: () => number
  /** Told once each time that the Engine stops answering. */
  readonly onTrouble?: (error: unknown) => void
}

const nothing: ClusterSnapshot = {
  nodes: [],
  services: [],
  instances: [],
  takenAtMs: Number.NEGATIVE_INFINITY,
}

export class ClusterView {
  readonly #engine: ViewedEngine
  readonly #now: () => number
  readonly #onTrouble: (error: unknown) => void
  readonly #listeners = new Set<(snapshot: ClusterSnapshot) => void>()
  #snapshot = nothing
  #fingerprint = ''
  /** The reading that is under way, and the one that begins when it has ended. */
  #reading: Promise<ClusterSnapshot> | undefined
  #nextReading: Promise<ClusterSnapshot> | undefined
  #isStale = false
  #running: { readonly controller: AbortController; readonly ended: Promise<unknown> } | undefined
  #wake: () => void = () => {}

  constructor({ engine, now = () => performance.now(), onTrouble = () => {} }: ClusterViewOptions) {
    this.#engine = engine
    this.#now = now
    this.#onTrouble = onTrouble
  }

  /** Resolves with the first snapshot taken; rejects with ShoalError where the Engine is no manager. */
  async start(signal: AbortSignal): Promise<void> {
    await this.refresh({ signal })
    const controller = new AbortController()
    const stop = AbortSignal.any([signal, controller.signal])
    this.#running = { controller, ended: Promise.all([this.#poll(stop), this.#listen(stop)]) }
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.controller.abort()
    await running?.ended
  }

  /** The last one taken; empty before the start. */
  snapshot(): ClusterSnapshot {
    return this.#snapshot
  }

  /** Called with each snapshot that differs from the one before. @returns ends it */
  onChange(listener: (snapshot: ClusterSnapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * A snapshot that was asked for after this call began; all who call meanwhile share one.
   * @throws ShoalError where the Engine does not answer, the signal's reason where that comes first
   */
  async refresh({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ClusterSnapshot> {
    signal?.throwIfAborted()
    const reading = this.#read()
    return signal === undefined ? await reading : await unlessAborted(reading, signal)
  }

  /**
   * Looks every few milliseconds until the predicate holds.
   * @returns the snapshot for which it held; undefined when `deadlineMs` passed or the signal came first
   */
  async waitFor(
    predicate: (snapshot: ClusterSnapshot) => boolean,
    {
      signal,
      deadlineMs,
      everyMs = waitPeriodMs,
    }: {
      readonly signal: AbortSignal
      readonly deadlineMs: number
      readonly everyMs?: number
    },
  ): Promise<ClusterSnapshot | undefined> {
    const endsAtMs = this.#now() + deadlineMs
    while (!signal.aborted && this.#now() < endsAtMs) {
      const snapshot = await this.refresh({ signal }).catch((error: unknown) => {
        if (error instanceof ShoalError || signal.aborted) return undefined
        throw error
      })
      if (snapshot !== undefined && predicate(snapshot)) return snapshot
      await pause(everyMs, signal)
    }
    return undefined
  }

  /** One that is under way may have read before what the caller wants to see: then the next one is his. */
  #read(): Promise<ClusterSnapshot> {
    if (this.#reading === undefined) {
      this.#reading = this.#take().finally(() => {
        this.#reading = undefined
      })
      return this.#reading
    }
    this.#nextReading ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#nextReading = undefined
        return this.#read()
      })
    return this.#nextReading
  }

  /** The Engine room bounds each question; nobody's signal ends a reading that others share. */
  async #take(): Promise<ClusterSnapshot> {
    const [nodes, services, instances] = await Promise.all([
      this.#engine.nodes.list(),
      this.#engine.services.list(),
      this.#engine.tasks.list(),
    ])
    const snapshot = { nodes, services, instances, takenAtMs: this.#now() }
    const fingerprint = JSON.stringify([nodes, services, instances])
    this.#snapshot = snapshot
    if (fingerprint !== this.#fingerprint) {
      this.#fingerprint = fingerprint
      for (const listener of this.#listeners) listener(snapshot)
    }
    return snapshot
  }

  async #poll(stop: AbortSignal): Promise<void> {
    let isTroubled = false
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (!this.#isStale) await Promise.race([pause(idlePeriodMs, stop), woken])
      this.#isStale = false
      if (stop.aborted) return
      try {
        await this.refresh({ signal: stop })
        isTroubled = false
      } catch (error) {
        if (stop.aborted) return
        if (!isTroubled) this.#onTrouble(error)
        isTroubled = true
        await pause(retryMs, stop)
      }
    }
  }

  /** Nodes and services as Swarm tells of them; the poll finds whatever a broken stream missed. */
  async #listen(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const events = this.#engine.events.follow({
          filters: { type: ['node', 'service'] },
          signal: stop,
        })
        for await (const _ of events) {
          this.#isStale = true
          this.#wake()
        }
      } catch {
        // The poll tells of the trouble: the Engine it asks is the same.
      }
      await pause(retryMs, stop)
    }
  }
}
