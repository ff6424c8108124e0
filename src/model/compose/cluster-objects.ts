// Networks, secrets and configs of an application in a cluster: what they are called in Swarm, and what stands in them.
import { createHash } from 'node:crypto'
import { clusterLabel } from '../cluster/labels.ts'
import type { ClusterFile, ClusterNetwork, ClusterObjects } from '../cluster/settings.ts'
import type { Findings } from './findings.ts'
import type { ApplicationDraft } from './keys/application-keys.ts'
import type { Files } from './keys/cluster/files.ts'
import type { Patch } from './section.ts'
import type { Environment } from './syntax/interpolate.ts'

/** Keys of the file to names in Swarm. */
export interface ClusterNames {
  readonly networks: ReadonlyMap<string, string>
  readonly secrets: ReadonlyMap<string, string>
  readonly configs: ReadonlyMap<string, string>
  /** What the network `default` is called. */
  readonly applicationNetwork: string
  /** On which a service stands that names none; undefined where the application has one service only. */
  readonly defaultNetwork: string | undefined
}

/** SwarmKit takes no more of a secret; configs may be somewhat larger, and are held to the same. */
const mostBytes = 500 * 1024

export function readClusterObjects(
  { networks = new Map(), secrets = new Map(), configs = new Map() }: Patch<ApplicationDraft>,
  {
    application,
    environment,
    hasSeveralServices,
  }: {
    readonly application: string
    readonly environment: Environment
    readonly hasSeveralServices: boolean
  },
  findings: Findings,
): { readonly objects: ClusterObjects; readonly names: ClusterNames } {
  const labels = { [clusterLabel.stack]: application, [clusterLabel.application]: application }
  const networkNames = new Map<string, string>()
  const known: ClusterNetwork[] = []
  for (const [key, draft] of networks) {
    const external = draft.external ?? false
    const name = draft.name ?? (external ? key : `${application}_${key}`)
    networkNames.set(key, name)
    known.push({
      name,
      external,
      driver: 'overlay',
      driverOptions: draft.driverOptions ?? {},
      attachable: draft.attachable ?? false,
      internal: draft.internal ?? false,
      labels: { ...draft.labels, ...labels },
    })
  }
  const applicationNetwork = networkNames.get('default') ?? `${application}_default`
  if (hasSeveralServices && !networkNames.has('default')) {
    const plain = {
      external: false,
      driver: 'overlay',
      driverOptions: {},
      attachable: false,
      internal: false,
    }
    known.push({ name: applicationNetwork, ...plain, labels })
  }
  const readAll = (files: Files) => readFiles(files, { application, environment, labels }, findings)
  const secretFiles = readAll(secrets)
  const configFiles = readAll(configs)
  return {
    objects: {
      networks: known,
      secrets: [...secretFiles.values()],
      configs: [...configFiles.values()],
    },
    names: {
      networks: networkNames,
      secrets: namesOf(secretFiles),
      configs: namesOf(configFiles),
      applicationNetwork,
      defaultNetwork: hasSeveralServices ? applicationNetwork : undefined,
    },
  }
}

function readFiles(
  files: Files,
  {
    application,
    environment,
    labels,
  }: {
    readonly application: string
    readonly environment: Environment
    readonly labels: Readonly<Record<string, string>>
  },
  findings: Findings,
): ReadonlyMap<string, ClusterFile> {
  const read = new Map<string, ClusterFile>()
  for (const [key, { draft, place }] of files) {
    if (draft.external === true) {
      read.set(key, { name: draft.name ?? key, external: true, content: '', labels: {} })
      continue
    }
    const { variable } = draft
    const value =
      draft.content ??
      (variable !== undefined && Object.hasOwn(environment, variable) ? environment[variable] : undefined)
    if (value === undefined) {
      const why = variable === undefined ? 'it has no content' : `the variable ${variable} is not set`
      findings.problem(place, why)
      continue
    }
    if (Buffer.byteLength(value) > mostBytes) findings.problem(place, 'Swarm carries at most 500 KiB')
    const hash = createHash('sha256').update(value).digest('hex').slice(0, 8)
    const name = draft.name ?? `${application}_${key}_${hash}`
    read.set(key, { name, external: false, content: value, labels: { ...draft.labels, ...labels } })
  }
  return read
}

function namesOf(files: ReadonlyMap<string, ClusterFile>): ReadonlyMap<string, string> {
  return new Map([...files].map(([key, { name }]) => [key, name]))
}
