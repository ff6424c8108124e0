// Takes an application out of Swarm: its services, then what was made for them. Nothing is left behind but what a node that nobody hears still runs.
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { EventLog } from '../event-log.ts'
import { type ObjectEngine, readObjects, removeAllObjects } from './application-objects.ts'
import type { ClusterView } from './cluster-view.ts'
import { noObjects } from './plan-objects.ts'
import { removeTrials } from './trial.ts'

export interface RemovalOptions {
  readonly engine: Pick<Engine, 'services'> & ObjectEngine
  readonly view: Pick<ClusterView, 'waitFor'>
  readonly events: Pick<EventLog, 'add'>
}

const limitMs = 30_000
const lookEveryMs = 100

/** Resolves when it is gone, or the time is over. @returns whether there was anything; throws ShoalError, or the signal's reason */
export async function removeApplication(
  { engine, view, events }: RemovalOptions,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  await removeTrials(engine, { application: name, signal })
  const services = await engine.services.list([`${clusterLabel.stack}=${name}`], { signal })
  for (const { id } of services) await engine.services.remove(id, { signal })
  const objects = await readObjects(engine, name, noObjects, signal)
  if (services.length === 0 && objects.length === 0) return false
  const ids = new Set(services.map(({ id }) => id))
  if (ids.size > 0)
    await view.waitFor((snapshot) => areGone(ids, snapshot), {
      signal,
      deadlineMs: limitMs,
      everyMs: lookEveryMs,
    })
  signal.throwIfAborted()
  if (objects.length > 0) {
    const left = await removeAllObjects(engine, name, { signal, deadlineMs: limitMs })
    if (left.length > 0)
      events.add({
        kind: 'problem',
        subject: name,
        text: `${left.join(', ')} could not be removed, being in use; removing it once more will do`,
      })
  }
  events.add({
    kind: 'application-removed',
    subject: name,
    text: services.map((service) => service.name).join(', ') || 'what was left of it',
  })
  return true
}

/** Instances on a node that nobody hears are not waited for: the node ends them when it is back. */
function areGone(ids: ReadonlySet<string>, { services, instances, nodes }: ClusterSnapshot): boolean {
  const unheard = new Set(
    nodes
      .filter(({ state, labels }) => state !== 'ready' || labels[clusterLabel.away] !== undefined)
      .map(({ id }) => id),
  )
  return (
    !services.some(({ id }) => ids.has(id)) &&
    !instances.some(
      ({ serviceId, state, nodeId = '' }) =>
        ids.has(serviceId) && state === 'running' && !unheard.has(nodeId),
    )
  )
}
