// What happens to instances, as events for people: from the snapshots of Swarm and from the reports of the agents.
import type { AgentReport } from '../../model/cluster/agent-messages.ts'
import type { InstanceState } from '../../model/cluster/instance.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { EventLog } from '../event-log.ts'

export class InstanceNews {
  readonly #events: Pick<EventLog, 'add'>
  /** Undefined before the first snapshot: what was there then is no news. */
  #known: ReadonlyMap<string, InstanceState> | undefined
  #silent: ReadonlySet<string> = new Set()

  constructor(events: Pick<EventLog, 'add'>) {
    this.#events = events
  }

  /** @param isAway those whose loss is told by the node's own event */
  see(snapshot: ClusterSnapshot, isAway: (nodeId: string) => boolean): void {
    const known = this.#known
    this.#known = new Map(snapshot.instances.map(({ id, state }) => [id, state]))
    if (known === undefined) return
    for (const instance of snapshot.instances) {
      const { id, state, nodeId, error } = instance
      const before = known.get(id)
      if (before === state || nodeId === undefined) continue
      const subject = nameOf(id, snapshot)
      const node = snapshot.nodes.find((each) => each.id === nodeId)?.name ?? nodeId
      if (subject === undefined) continue
      if (state === 'running')
        this.#events.add({ kind: 'instance-started', subject, text: `runs on ${node}` })
      else if ((state === 'failed' || state === 'rejected') && !isAway(nodeId))
        this.#events.add({ kind: 'instance-failed', subject, text: `on ${node}: ${error}` })
      else if (state === 'complete')
        this.#events.add({ kind: 'instance-ended', subject, text: `on ${node}: it ended by itself` })
    }
  }

  /** Instances that no longer answer, from a report that names them all. */
  hear(nodeName: string, { instances }: AgentReport, snapshot: ClusterSnapshot): void {
    if (instances === undefined) return
    const silent = new Set(this.#silent)
    for (const { id, state } of instances) {
      if (state !== 'silent') silent.delete(id)
      else if (!silent.has(id)) {
        silent.add(id)
        this.#events.add({
          kind: 'instance-silent',
          subject: nameOf(id, snapshot) ?? id,
          text: `does not answer on ${nodeName}: killed, Swarm replaces it`,
        })
      }
    }
    const there = new Set(snapshot.instances.map(({ id }) => id))
    this.#silent = new Set([...silent].filter((id) => there.has(id)))
  }
}

/** `greenhouse/climate`; undefined for what is not an application's. */
function nameOf(instanceId: string, { instances, services }: ClusterSnapshot): string | undefined {
  const serviceId = instances.find(({ id }) => id === instanceId)?.serviceId
  const service = services.find(({ id }) => id === serviceId)
  return service?.application === undefined ? undefined : `${service.application}/${service.name}`
}
