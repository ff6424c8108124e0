// Networks, secrets and configs of an application in Swarm: made before its services, removed when nothing uses them.
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterFile, ClusterObjects } from '../../model/cluster/settings.ts'
import { ShoalError } from '../../model/errors.ts'

export type ObjectEngine = Pick<Engine, 'networks' | 'secrets' | 'configs'>

export interface ObjectIds {
  /** By their names in Swarm. */
  readonly secrets: ReadonlyMap<string, string>
  readonly configs: ReadonlyMap<string, string>
}

const labelFilter = (application: string) => [`${clusterLabel.stack}=${application}`]

/** Makes what is missing. Throws ShoalError SERVICE_UNKNOWN for an external one that is not there. */
export async function makeObjects(
  engine: ObjectEngine,
  { networks, secrets, configs }: ClusterObjects,
  signal: AbortSignal,
): Promise<ObjectIds> {
  if (networks.length > 0) {
    const known = new Set((await engine.networks.list([], { signal })).map(({ name }) => name))
    for (const { name, external, driver, driverOptions, attachable, internal, labels } of networks) {
      if (known.has(name)) continue
      if (external) throw absent('network', name)
      await engine.networks.create(
        { name, labels, driver, options: driverOptions, attachable, internal },
        { signal },
      )
    }
  }
  return {
    secrets: await makeFiles(engine.secrets, 'secret', secrets, signal),
    configs: await makeFiles(engine.configs, 'config', configs, signal),
  }
}

/** The names and ids that there are; what is missing has none yet. For a plan that nobody carries out. */
export async function findObjects(
  engine: ObjectEngine,
  { secrets, configs }: ClusterObjects,
  signal: AbortSignal,
): Promise<ObjectIds> {
  const find = async (files: readonly ClusterFile[], of: Engine['secrets'] | Engine['configs']) =>
    files.length === 0
      ? new Map<string, string>()
      : new Map((await of.list([], { signal })).map(({ name, id }) => [name, id]))
  return { secrets: await find(secrets, engine.secrets), configs: await find(configs, engine.configs) }
}

/** Removes those of the application that are not among `kept`; what an instance on its way out still uses stays for the next time. */
export async function removeObjects(
  engine: ObjectEngine,
  application: string,
  kept: ClusterObjects | undefined,
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(
    kept === undefined ? [] : [...kept.networks, ...kept.secrets, ...kept.configs].map(({ name }) => name),
  )
  const filter = labelFilter(application)
  for (const { id, name } of await engine.secrets.list(filter, { signal }))
    if (!names.has(name)) await ignoreUse(engine.secrets.remove(id, { signal }))
  for (const { id, name } of await engine.configs.list(filter, { signal }))
    if (!names.has(name)) await ignoreUse(engine.configs.remove(id, { signal }))
  for (const { id, name, scope } of await engine.networks.list(filter, { signal }))
    if (scope === 'swarm' && !names.has(name)) await ignoreUse(engine.networks.remove(id, { signal }))
}

async function makeFiles(
  of: Engine['secrets'] | Engine['configs'],
  kind: 'secret' | 'config',
  files: readonly ClusterFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map()
  const known = new Map((await of.list([], { signal })).map(({ name, id }) => [name, id]))
  for (const { name, external, content, labels } of files) {
    if (known.has(name)) continue
    if (external) throw absent(kind, name)
    known.set(name, await of.create({ name, labels, data: Buffer.from(content) }, { signal }))
  }
  return known
}

async function ignoreUse(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!(error instanceof ShoalError && (error.code === 'SWARM_IN_USE' || error.code === 'ENGINE_REFUSED')))
      throw error
  }
}

function absent(kind: string, name: string): ShoalError {
  return new ShoalError('DEPLOY_INCOMPLETE', {
    action: 'use',
    object: `${kind} ${name}`,
    reason: 'it is external, and Swarm has none of that name',
    nextStep: `make it first: docker ${kind} create … on the manager, or leave external out`,
  })
}
