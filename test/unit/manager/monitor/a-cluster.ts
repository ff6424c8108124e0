// A cluster as the monitor sees it: records that change as Swarm's do, a clock that stands still until a test moves it.
import type { NodeChanges } from '../../../../src/engine/nodes.ts'
import { EventLog } from '../../../../src/manager/event-log.ts'
import { silenceLimitMs } from '../../../../src/manager/monitor/silence.ts'
import type { AgentReport } from '../../../../src/model/cluster/agent-messages.ts'
import type { ClusterSnapshot } from '../../../../src/model/cluster/snapshot.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

export class ACluster {
  nowMs = 1_000_000
  snapshotNow: ClusterSnapshot
  /** Changes of nodes that were asked for, in order. */
  readonly changes: (readonly [nodeId: string, changes: NodeChanges])[] = []
  readonly events = new EventLog({ now: () => 0 })
  /** So many changes are still refused, because somebody else was first. */
  conflicts = 0
  readonly #listeners = new Set<() => void>()

  constructor(snapshot: ClusterSnapshot) {
    this.snapshotNow = snapshot
  }

  readonly now = (): number => this.nowMs

  readonly engine = {
    nodes: {
      update: async (id: string, version: number, changes: NodeChanges): Promise<void> => {
        const node = this.snapshotNow.nodes.find((each) => each.id === id)
        if (this.conflicts > 0 || node?.version !== version) {
          this.conflicts -= 1
          const parts = { action: 'change', object: `node ${id}`, reason: 'update out of sequence' }
          throw new ShoalError('SWARM_CONFLICT', parts)
        }
        this.changes.push([id, changes])
        this.setNode(id, {
          version: version + 1,
          labels: withoutAbsent({ ...node.labels, ...changes.labels }),
        })
      },
    },
  }

  readonly view = {
    snapshot: (): ClusterSnapshot => this.snapshotNow,
    refresh: async (): Promise<ClusterSnapshot> => this.snapshotNow,
    onChange: (listener: () => void): (() => void) => {
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    },
  }

  set(changes: Partial<ClusterSnapshot>): void {
    this.snapshotNow = { ...this.snapshotNow, ...changes }
    for (const listener of this.#listeners) listener()
  }

  setNode(id: string, changes: Partial<ClusterSnapshot['nodes'][number]>): void {
    this.set({
      nodes: this.snapshotNow.nodes.map((node) => (node.id === id ? { ...node, ...changes } : node)),
    })
  }

  labelsOf(id: string): Readonly<Record<string, string>> {
    return this.snapshotNow.nodes.find((node) => node.id === id)?.labels ?? {}
  }

  get told(): readonly string[] {
    return this.events.since(0).map(({ kind, subject }) => `${kind} ${subject}`)
  }
}

export function aReport(changes: Partial<AgentReport> = {}): AgentReport {
  return {
    session: 1,
    sequence: 1,
    ordersTag: 0,
    instances: [],
    problems: [],
    clockSeconds: undefined,
    missingImages: [],
    devices: [],
    ...changes,
  }
}

export const tooLongMs = silenceLimitMs + 1

function withoutAbsent(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
