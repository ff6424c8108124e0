// Networks, secrets and configs of applications in Swarm: looked at, made before the services that use them, removed after them.
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterObjects } from '../../model/cluster/settings.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import type { ObjectStep, SwarmObject } from './plan-objects.ts'

export type ObjectEngine = Pick<Engine, 'networks' | 'secrets' | 'configs'>

/** Between two tries to remove what instances on their way out still use. */
const retryMs = 150

/** Those of the kinds that the application uses or has: a whole Swarm's are not asked for where it has none. Throws ShoalError. */
export async function readObjects(
  engine: ObjectEngine,
  application: string,
  wanted: ClusterObjects,
  signal: AbortSignal,
): Promise<readonly SwarmObject[]> {
  const labels = (needsAll: boolean) => (needsAll ? [] : [`${clusterLabel.stack}=${application}`])
  const [networks, secrets, configs] = await Promise.all([
    engine.networks.list(labels(wanted.networks.length > 0), { signal }),
    engine.secrets.list(labels(wanted.secrets.length > 0), { signal }),
    engine.configs.list(labels(wanted.configs.length > 0), { signal }),
  ])
  return [
    ...networks
      .filter(({ scope }) => scope === 'swarm')
      .map(({ id, name, labels: has }) => ({ kind: 'network' as const, id, name, labels: has })),
    ...secrets.map(({ id, name, labels: has }) => ({ kind: 'secret' as const, id, name, labels: has })),
    ...configs.map(({ id, name, labels: has }) => ({ kind: 'config' as const, id, name, labels: has })),
  ]
}

/** One that somebody else has made meanwhile will do. @returns the new object; throws ShoalError */
export async function makeObject(
  engine: ObjectEngine,
  step: Extract<ObjectStep, { kind: 'create' }>,
  signal: AbortSignal,
): Promise<SwarmObject> {
  const { name } = step
  if (step.object === 'network') {
    const { driver, driverOptions, attachable, internal, labels } = step.network
    const id = await engine.networks.create(
      { name, labels, driver, options: driverOptions, attachable, internal },
      { signal },
    )
    return { kind: 'network', id, name, labels }
  }
  const { content, labels } = step.file
  const files = step.object === 'secret' ? engine.secrets : engine.configs
  const id = await files.create({ name, labels, data: Buffer.from(content) }, { signal })
  return { kind: step.object, id, name, labels }
}

/** What an instance on its way out still uses stays. Throws ShoalError for any other refusal. */
export async function removeObject(
  engine: ObjectEngine,
  { object, id }: Extract<ObjectStep, { kind: 'remove' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (object === 'network') await engine.networks.remove(id, { signal })
    else if (object === 'secret') await engine.secrets.remove(id, { signal })
    else await engine.configs.remove(id, { signal })
  } catch (error) {
    if (!(error instanceof ShoalError && error.code === 'SWARM_IN_USE')) throw error
  }
}

/**
 * Removes all of the application, again and again while something is still in use.
 * @returns the names of those that were still there when the time was over
 */
export async function removeAllObjects(
  engine: ObjectEngine,
  application: string,
  { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<readonly string[]> {
  const nothing = { networks: [], secrets: [], configs: [] }
  const endsAtMs = performance.now() + deadlineMs
  for (;;) {
    const left = await readObjects(engine, application, nothing, signal)
    if (left.length === 0) return []
    if (performance.now() > endsAtMs) return left.map(({ kind, name }) => `${kind} ${name}`)
    for (const { kind, id, name } of left)
      await removeObject(engine, { kind: 'remove', object: kind, name, id }, signal)
    await pause(retryMs, signal)
    signal.throwIfAborted()
  }
}
