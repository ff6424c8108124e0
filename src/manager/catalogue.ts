// The catalogue: Compose files that the cluster keeps, so that a client may ask for a service by its name alone. Each is a Swarm config.
import { createHash } from 'node:crypto'
import type { Engine } from '../engine/engine.ts'
import type { Application } from '../model/application.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import type { EventLog } from './event-log.ts'
import { type DeployRequest, parseRequest } from './swarm/deployer.ts'
import { Turns } from './swarm/turns.ts'

export interface CatalogueEntry {
  /** Of the application. */
  readonly name: string
  readonly application: Application
  readonly request: DeployRequest
  readonly addedAtMs: number
}

export interface CatalogueOptions {
  readonly engine: Pick<Engine, 'configs' | 'events'>
  readonly events: EventLog
}

const environmentLabel = 'shoal.catalogue.environment'
const fileLabel = 'shoal.catalogue.file'
const profilesLabel = 'shoal.catalogue.profiles'

/** SwarmKit takes 1,000 KiB of a config; half of it is a Compose file of ten thousand lines. */
const mostBytes = 500 * 1024
const retryMs = 1000

export class Catalogue {
  readonly #options: CatalogueOptions
  readonly #listeners = new Set<() => void>()
  readonly #changes = new Turns()
  readonly #readings = new Turns()
  #entries: ReadonlyMap<string, CatalogueEntry> = new Map()
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined

  constructor(options: CatalogueOptions) {
    this.#options = options
  }

  /** Resolves when it has been read; then follows what others change. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#read(signal)
    const controller = new AbortController()
    const ended = this.#follow(AbortSignal.any([signal, controller.signal]))
    this.#running = { controller, ended }
  }

  async stop(): Promise<void> {
    this.#running?.controller.abort()
    await this.#running?.ended
    this.#running = undefined
  }

  /** By name; in memory, so that a flood of unknown names costs nothing. */
  list(): readonly CatalogueEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string): CatalogueEntry | undefined {
    return this.#entries.get(name)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Keeps the file in place of the one of the same application.
   * @returns the name that it is activated by
   * @throws ShoalError COMPOSE_INVALID, CATALOGUE_TOO_LARGE
   */
  async add(request: DeployRequest, { signal }: { readonly signal: AbortSignal }): Promise<string> {
    const { name } = parseRequest(request)
    await this.#changes.take(name, () => this.#keep(name, request, signal))
    return name
  }

  /** Throws ShoalError CATALOGUE_UNKNOWN. What runs of it goes on. */
  async remove(name: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { engine, events } = this.#options
    await this.#changes.take(name, async () => {
      const present = await engine.configs.list([`${clusterLabel.catalogue}=${name}`], { signal })
      if (present.length === 0) throw unknownEntry(name, this.list())
      for (const { id } of present) await engine.configs.remove(id, { signal })
      await this.#read(signal)
      events.add({ kind: 'catalogue-changed', subject: name, text: 'taken out' })
    })
  }

  async #keep(name: string, request: DeployRequest, signal: AbortSignal): Promise<void> {
    const { engine, events } = this.#options
    const data = Buffer.from(request.compose)
    if (data.length > mostBytes) {
      throw new ShoalError('CATALOGUE_TOO_LARGE', {
        action: 'add',
        object: name,
        place: request.fileName,
        reason: `it has ${data.length} bytes, and the catalogue takes ${mostBytes}`,
        nextStep: `shoal deploy ${request.fileName} takes it whole, without keeping it`,
      })
    }
    const labels = {
      [clusterLabel.catalogue]: name,
      [environmentLabel]: JSON.stringify(request.environment),
      [fileLabel]: request.fileName,
      ...(request.profiles === undefined ? {} : { [profilesLabel]: JSON.stringify(request.profiles) }),
    }
    const hash = createHash('sha256')
      .update(JSON.stringify([request.compose, labels]))
      .digest('hex')
      .slice(0, 12)
    // Swarm takes names of 64 characters.
    const configName = `shoal-catalogue-${name.slice(0, 35)}-${hash}`
    const present = await engine.configs.list([`${clusterLabel.catalogue}=${name}`], { signal })
    if (!present.some((config) => config.name === configName))
      await engine.configs.create({ name: configName, labels, data }, { signal })
    // The new one first: at no time is there none.
    for (const config of present)
      if (config.name !== configName) await engine.configs.remove(config.id, { signal })
    await this.#read(signal)
    events.add({ kind: 'catalogue-changed', subject: name, text: `taken from ${request.fileName}` })
  }

  /** One at a time: an older one never comes after a newer. */
  async #read(signal: AbortSignal): Promise<void> {
    await this.#readings.take('', () => this.#readNow(signal))
  }

  async #readNow(signal: AbortSignal): Promise<void> {
    const configs = await this.#options.engine.configs.list([clusterLabel.catalogue], { signal })
    const entries = new Map<string, CatalogueEntry>()
    for (const { labels, data, createdAtMs } of configs.toSorted((a, b) => a.createdAtMs - b.createdAtMs)) {
      const name = labels[clusterLabel.catalogue] ?? ''
      const request: DeployRequest = {
        compose: Buffer.from(data).toString('utf8'),
        fileName: labels[fileLabel] ?? name,
        environment: parseEnvironment(labels[environmentLabel]),
        ...(labels[profilesLabel] === undefined ? {} : { profiles: parseProfiles(labels[profilesLabel]) }),
      }
      try {
        entries.set(name, { name, application: parseRequest(request), request, addedAtMs: createdAtMs })
      } catch (error) {
        if (!(error instanceof ShoalError)) throw error
        // Written by hand or by another version: the others are of use all the same.
        this.#options.events.add({ kind: 'problem', subject: `catalogue ${name}`, text: error.reason })
      }
    }
    this.#entries = entries
    for (const listener of this.#listeners) listener()
  }

  async #follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const changes = this.#options.engine.events.follow({ filters: { type: ['config'] }, signal: stop })
        for await (const _ of changes) await this.#read(stop)
      } catch {
        // Read again below.
      }
      await pause(retryMs, stop)
      if (!stop.aborted) await this.#read(stop).catch(() => {})
    }
  }
}

export function unknownEntry(name: string, entries: readonly CatalogueEntry[]): ShoalError {
  const names = entries.map((entry) => entry.name)
  return new ShoalError('CATALOGUE_UNKNOWN', {
    action: 'find',
    object: `${name} in the catalogue`,
    reason: names.length === 0 ? 'the catalogue is empty' : `it has ${names.slice(0, 20).join(', ')}`,
    nextStep: 'shoal catalogue add compose.yaml',
  })
}

function parseEnvironment(text: string | undefined): Readonly<Record<string, string>> {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    )
  } catch {
    return {}
  }
}

function parseProfiles(text: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.filter((profile) => typeof profile === 'string') : []
  } catch {
    return []
  }
}
