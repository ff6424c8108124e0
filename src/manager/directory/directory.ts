// The CoRE Resource Directory (RFC 9176): who is there, what it offers, and until when. Knows nothing of messages.
import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../../coap/clock.ts'
import type { Link } from '../../coap/link-format.ts'
import { defaultCoapPort, renderEndpoint } from '../../model/endpoint.ts'
import { type DirectoryEntry, type LocatedEntry, locateEntry } from './directory-entry.ts'
import { type LookupKind, lookUp } from './lookup.ts'
import type { RegistrationParameters } from './parse-registration.ts'

/** Entries that live elsewhere, and are looked up here: nothing of them is kept. */
export interface Published {
  entries(): readonly DirectoryEntry[]
  /** Called when the entries may be others than before. @returns ends it */
  onChange(listener: () => void): () => void
}

export interface DirectoryLimits {
  readonly registrations: number
  readonly registrationsOfOneAddress: number
  /** Of one registration: its links as they were sent, and its attributes. */
  readonly bytes: number
}

export interface DirectoryOptions {
  readonly published: Published
  /** Lifetimes run by it; default: one that does not jump when the time of day is set. */
  readonly clock?: Clock
  readonly limits?: Partial<DirectoryLimits>
}

export interface Refusal {
  readonly refused: 'invalid' | 'unknown' | 'published' | 'full' | 'too-large'
  /** For people; names the parameter where one is wrong. */
  readonly text: string
}

export interface Sender {
  readonly address: string
  readonly port: number
}

interface Registration {
  readonly entry: DirectoryEntry
  readonly located: LocatedEntry
  readonly linkBytes: number
  readonly address: string
  /** It named its base; otherwise the base is where its last message came from (§5.3.1). */
  readonly hasOwnBase: boolean
  readonly lifetimeS: number
  readonly endsAtMs: number
}

/** §5: `lt` where none is given, 25 hours. */
const defaultLifetimeS = 90_000
/** A timer takes no more than 2³¹ ms. */
const longestTimerMs = 3_600_000

/**
 * Registrations live in memory: after a restart of the manager they are gone until their endpoints renew them, as RFC 9176 §5.3 has
 * them do before their lifetime ends. The cluster's own instances are `published` and are there at once.
 */
export class Directory {
  readonly #published: Published
  readonly #clock: Clock
  readonly #limits: DirectoryLimits
  readonly #registrations = new Map<string, Registration>()
  readonly #ids = new Map<string, string>()
  readonly #listeners = new Set<() => void>()
  #expiry: unknown

  constructor({ published, clock = systemClock, limits }: DirectoryOptions) {
    this.#published = published
    this.#clock = clock
    this.#limits = { registrations: 1024, registrationsOfOneAddress: 64, bytes: 16 * 1024, ...limits }
  }

  /** Of links as they were sent, before they are read, and of attributes. */
  refuseSize(bytes: number): Refusal | undefined {
    return bytes > this.#limits.bytes
      ? {
          refused: 'too-large',
          text: `${bytes} bytes of links and attributes: at most ${this.#limits.bytes} are kept`,
        }
      : undefined
  }

  /** An endpoint of the same name and sector takes the place of its former registration, and keeps its id (§5). */
  register(
    parameters: RegistrationParameters,
    links: readonly Link[],
    linkBytes: number,
    sender: Sender,
  ): { readonly id: string } | Refusal {
    this.#sweep()
    const { endpoint, sector, lifetimeS = defaultLifetimeS, base, attributes } = parameters
    if (endpoint === undefined)
      return { refused: 'invalid', text: 'ep: is missing: the name of the endpoint, POST /rd?ep=NAME' }
    const isPublished = this.#published
      .entries()
      .some((entry) => entry.endpoint === endpoint && entry.sector === sector)
    if (isPublished) return publishedElsewhere(endpoint)
    const name = nameOf(endpoint, sector)
    const id = this.#ids.get(name) ?? randomBytes(4).toString('hex')
    const full = this.#refuseOneMore(id, sender)
    if (full !== undefined) return full
    const entry = { endpoint, sector, base: base ?? baseOf(sender), attributes, links }
    const facts = { entry, linkBytes, hasOwnBase: base !== undefined, lifetimeS, sender }
    const refusal = this.#keep(id, facts)
    if (refusal !== undefined) return refusal
    this.#ids.set(name, id)
    return { id }
  }

  /** What is not named stays; the lifetime begins anew (§5.3.1). */
  update(id: string, parameters: RegistrationParameters, sender: Sender): Refusal | undefined {
    const registration = this.#find(id)
    if ('refused' in registration) return registration
    const { entry, linkBytes } = registration
    if (parameters.endpoint !== undefined || parameters.sector !== undefined)
      return { refused: 'invalid', text: 'ep, d: an update does not change them: register anew' }
    const hasOwnBase = registration.hasOwnBase || parameters.base !== undefined
    const base = parameters.base ?? (hasOwnBase ? entry.base : baseOf(sender))
    return this.#keep(id, {
      entry: { ...entry, base, attributes: { ...entry.attributes, ...parameters.attributes } },
      linkBytes,
      hasOwnBase,
      lifetimeS: parameters.lifetimeS ?? registration.lifetimeS,
      sender,
    })
  }

  remove(id: string): Refusal | undefined {
    const registration = this.#find(id)
    if ('refused' in registration) return registration
    this.#forget(id, registration)
    this.#changed()
    return undefined
  }

  /** The links of a registration as they were sent; of a published entry too. */
  read(id: string): readonly Link[] | Refusal {
    const published = this.#published.entries().find(({ endpoint }) => endpoint === id)
    if (published !== undefined) return published.links
    const registration = this.#find(id)
    return 'refused' in registration ? registration : registration.entry.links
  }

  /** Published entries first, then registrations, the oldest first. @returns what is wrong with the query */
  lookUp(kind: LookupKind, query: readonly string[]): readonly Link[] | { readonly problem: string } {
    this.#sweep()
    const published = this.#published.entries().flatMap((entry) => {
      const located = locateEntry(entry, locationOf(entry.endpoint))
      return 'unresolvable' in located ? [] : [located]
    })
    const registered = [...this.#registrations.values()].map(({ located }) => located)
    return lookUp(kind, [...published, ...registered], query)
  }

  /** Called when a lookup may show something else than before, also because a lifetime has ended. @returns ends it */
  onChange(listener: () => void): () => void {
    const unlisten = this.#published.onChange(listener)
    this.#listeners.add(listener)
    this.#awaitExpiry()
    return () => {
      unlisten()
      this.#listeners.delete(listener)
      this.#awaitExpiry()
    }
  }

  #find(id: string): Registration | Refusal {
    this.#sweep()
    const registration = this.#registrations.get(id)
    if (registration !== undefined) return registration
    const isPublished = this.#published.entries().some(({ endpoint }) => endpoint === id)
    return isPublished
      ? publishedElsewhere(id)
      : { refused: 'unknown', text: `no registration ${id.slice(0, 64)}: it has ended, or never was` }
  }

  #refuseOneMore(id: string, { address }: Sender): Refusal | undefined {
    const others = [...this.#registrations].filter(([other]) => other !== id)
    const { registrations, registrationsOfOneAddress } = this.#limits
    if (others.length >= registrations)
      return { refused: 'full', text: `the directory holds ${registrations} registrations and takes no more` }
    const ofAddress = others.filter(([, registration]) => registration.address === address).length
    return ofAddress >= registrationsOfOneAddress
      ? {
          refused: 'full',
          text: `${address} holds ${registrationsOfOneAddress} registrations, the most of one address`,
        }
      : undefined
  }

  #keep(
    id: string,
    {
      sender,
      ...facts
    }: Omit<Registration, 'located' | 'address' | 'endsAtMs'> & { readonly sender: Sender },
  ): Refusal | undefined {
    const tooLarge = this.refuseSize(facts.linkBytes + bytesOf(facts.entry.attributes))
    if (tooLarge !== undefined) return tooLarge
    const located = locateEntry(facts.entry, locationOf(id))
    if ('unresolvable' in located)
      return {
        refused: 'invalid',
        text: `payload: <${located.unresolvable.slice(0, 64)}> and the base ${facts.entry.base} make no URI`,
      }
    const endsAtMs = this.#clock.now() + facts.lifetimeS * 1000
    this.#registrations.set(id, { ...facts, located, address: sender.address, endsAtMs })
    this.#changed()
    return undefined
  }

  #sweep(): void {
    const nowMs = this.#clock.now()
    for (const [id, registration] of this.#registrations)
      if (registration.endsAtMs <= nowMs) this.#forget(id, registration)
  }

  #forget(id: string, { entry }: Registration): void {
    this.#registrations.delete(id)
    this.#ids.delete(nameOf(entry.endpoint, entry.sector))
  }

  #changed(): void {
    this.#awaitExpiry()
    for (const listener of [...this.#listeners]) listener()
  }

  /** Only for those who listen: everybody else finds an ended registration gone when looking. */
  #awaitExpiry(): void {
    this.#clock.clearTimer(this.#expiry)
    this.#expiry = undefined
    if (this.#listeners.size === 0 || this.#registrations.size === 0) return
    const ends = [...this.#registrations.values()].map(({ endsAtMs }) => endsAtMs)
    const waitMs = Math.min(Math.max(Math.min(...ends) - this.#clock.now(), 0), longestTimerMs)
    this.#expiry = this.#clock.setTimer(() => {
      const before = this.#registrations.size
      this.#sweep()
      if (this.#registrations.size < before) this.#changed()
      else this.#awaitExpiry()
    }, waitMs)
  }
}

export function locationOf(id: string): string {
  return `/rd/${encodeURIComponent(id)}`
}

/** §5: the scheme, the sender's address, and its port where it is another than the scheme's own. */
function baseOf({ address, port }: Sender): string {
  return renderEndpoint({ host: address, port }).replace(new RegExp(`:${defaultCoapPort}$`), '')
}

function publishedElsewhere(endpoint: string): Refusal {
  return { refused: 'published', text: `${endpoint} is an instance of the cluster: the manager publishes it` }
}

/** No text of CoAP's contains the character between. */
function nameOf(endpoint: string, sector: string | undefined): string {
  return sector === undefined ? endpoint : `${endpoint}\u0000${sector}`
}

function bytesOf(attributes: Readonly<Record<string, string>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
}
