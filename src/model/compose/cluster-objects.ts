// Networks, secrets and configs of an application in a cluster: what they are called in Swarm, and what stands in them. Only what a
// service uses is among them.
import { createHash } from 'node:crypto'
import { clusterLabel } from '../cluster/labels.ts'
import type { ClusterFile, ClusterNetwork, ClusterObjects } from '../cluster/settings.ts'
import type { Findings, Place } from './findings.ts'
import type { ApplicationDraft } from './keys/application-keys.ts'
import type { FileDraft, Files } from './keys/cluster/files.ts'
import type { Patch } from './section.ts'
import type { Environment } from './syntax/interpolate.ts'

/** A file of the client's that a secret or a config takes its content from. */
export interface NeededFile {
  readonly kind: 'secret' | 'config'
  /** Its key in the Compose file. */
  readonly key: string
  /** As the Compose file has it: a relative one begins at the folder of that file. */
  readonly path: string
}

/** @returns its content; undefined where it is not at hand */
export type ReadFile = (file: NeededFile) => Uint8Array | undefined

/** SwarmKit takes 1 to 511,999 bytes of a secret; configs may be somewhat larger, and are held to the same. */
export const fileBytesBelow = 500 * 1024

/** SwarmKit: longest name of a secret or a config, and of a network. */
const longestFileName = 64
const longestNetworkName = 63

const networkName = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/

export interface ClusterObjectsContext {
  readonly application: string
  readonly environment: Environment
  readonly hasSeveralServices: boolean
  readonly readFile: ReadFile
}

export class UsedClusterObjects {
  readonly #draft: Patch<ApplicationDraft>
  readonly #context: ClusterObjectsContext
  readonly #findings: Findings
  readonly #networks = new Map<string, ClusterNetwork>()
  readonly #files = { secret: new Map<string, ClusterFile>(), config: new Map<string, ClusterFile>() }

  constructor(draft: Patch<ApplicationDraft>, context: ClusterObjectsContext, findings: Findings) {
    this.#draft = draft
    this.#context = context
    this.#findings = findings
  }

  /** What the services have asked for until now. */
  get objects(): ClusterObjects {
    return {
      networks: [...this.#networks.values()],
      secrets: [...this.#files.secret.values()],
      configs: [...this.#files.config.values()],
    }
  }

  /** Name in Swarm of the one on which a service stands that names none; undefined where it has nobody to talk to. */
  useDefaultNetwork(place: Place): string | undefined {
    return this.#context.hasSeveralServices ? this.useNetwork('default', place) : undefined
  }

  /** Name in Swarm of a network by its key. */
  useNetwork(key: string, place: Place): string | undefined {
    const draft = this.#draft.networks?.get(key) ?? (key === 'default' ? {} : undefined)
    if (draft === undefined) {
      this.#findings.problem(place, `no network "${key}" stands under networks at the top of the file`)
      return undefined
    }
    const external = draft.external ?? false
    const name = draft.name ?? (external ? key : `${this.#context.application}_${key}`)
    if (!external && (!networkName.test(name) || name.length > longestNetworkName))
      this.#findings.problem(
        place,
        `the network would be called ${name}, and Swarm takes letters, digits, _ and -, a letter or digit at both ends, ${longestNetworkName} at most: give it a name`,
      )
    this.#networks.set(key, {
      name,
      external,
      driver: draft.driver ?? 'overlay',
      driverOptions: draft.driverOptions ?? {},
      attachable: draft.attachable ?? false,
      internal: draft.internal ?? false,
      labels: external ? {} : { ...draft.labels, ...this.#labels() },
    })
    return name
  }

  /** Name in Swarm of a secret or a config by its key. */
  useFile(kind: NeededFile['kind'], key: string, place: Place): string | undefined {
    const known = this.#files[kind].get(key)
    if (known !== undefined) return known.name
    const all: Files = this.#draft[`${kind}s`] ?? new Map()
    const declared = all.get(key)
    if (declared === undefined) {
      this.#findings.problem(place, `no ${kind} "${key}" stands under ${kind}s at the top of the file`)
      return undefined
    }
    const file = this.#readFile(kind, key, declared.draft, declared.place)
    if (file !== undefined) this.#files[kind].set(key, file)
    return file?.name
  }

  #readFile(
    kind: NeededFile['kind'],
    key: string,
    draft: Patch<FileDraft>,
    place: Place,
  ): ClusterFile | undefined {
    if (draft.external === true)
      return { name: draft.name ?? key, external: true, content: new Uint8Array(), labels: {} }
    const content = this.#contentOf(kind, key, draft, place)
    if (content === undefined) return undefined
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 8)
    const name = `${draft.name ?? `${this.#context.application}_${key}`}_${hash}`
    const problem = this.#findings.problem.bind(this.#findings, place)
    if (content.length === 0) problem('it is empty, and Swarm carries one byte at least')
    if (content.length >= fileBytesBelow)
      problem(`Swarm carries less than ${fileBytesBelow} bytes, and it has ${content.length}`)
    if (!/^[a-zA-Z0-9]/.test(name) || /[^a-zA-Z0-9_.-]/.test(name) || name.length > longestFileName)
      problem(
        `it would be called ${name}, and Swarm takes letters, digits, _ . -, ${longestFileName} at most: give it a shorter name`,
      )
    return { name, external: false, content, labels: { ...draft.labels, ...this.#labels() } }
  }

  #contentOf(
    kind: NeededFile['kind'],
    key: string,
    { content, path, variable }: Patch<FileDraft>,
    place: Place,
  ): Uint8Array | undefined {
    if (content !== undefined) return new TextEncoder().encode(content)
    const { environment, readFile } = this.#context
    if (variable !== undefined) {
      const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined
      if (value === undefined) this.#findings.problem(place, `the variable ${variable} is not set`)
      return value === undefined ? undefined : new TextEncoder().encode(value)
    }
    // Without any source a problem was told already.
    if (path === undefined) return undefined
    const bytes = readFile({ kind, key, path })
    if (bytes === undefined)
      this.#findings.problem(
        place,
        `the file ${path} did not come along: deploy from the machine that has it, or put its text into a variable and name that with environment`,
      )
    return bytes
  }

  #labels(): Readonly<Record<string, string>> {
    const { application } = this.#context
    return { [clusterLabel.stack]: application, [clusterLabel.application]: application }
  }
}
