// Nodes that said goodbye: what they ran moves at once, and they go from Swarm's list as soon as Swarm sees that they are gone.
// Who is leaving stands in Swarm, as a label of the node.
import type { Engine } from '../../engine/engine.ts'
import type { NodeChanges } from '../../engine/nodes.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'

export interface FarewellOptions {
  readonly engine: Pick<Engine, 'nodes'>
  /** The node is in no list any more. */
  readonly onLeft: (node: ClusterNode) => void
}

/** Swarm takes a node for down after three heartbeats, each with some play. */
const limitMs = 30_000
const lookEveryMs = 200

export class Farewells {
  readonly #options: FarewellOptions
  readonly #stopping = new AbortController()
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(options: FarewellOptions) {
    this.#options = options
  }

  /** Goes on with those that a manager before this one had begun. */
  async resume(): Promise<void> {
    for (const { id, name, labels } of await this.#options.engine.nodes.list())
      if (labels[clusterLabel.leaving] !== undefined) this.begin(id, name)
  }

  /** The node does not wait for it. */
  begin(nodeId: string, nodeName: string): void {
    if (this.#underWay.has(nodeId)) return
    const done = this.#see(nodeId, nodeName)
      // Swarm does not answer: the node is listed as down until somebody removes it, and does no harm.
      .catch(() => {})
      .finally(() => this.#underWay.delete(nodeId))
    this.#underWay.set(nodeId, done)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#underWay.values())
  }

  async #see(nodeId: string, nodeName: string): Promise<void> {
    const { engine, onLeft } = this.#options
    const signal = this.#stopping.signal
    const leaving = await engine.nodes.inspect(nodeId, { signal })
    if (leaving?.name !== nodeName) return
    await this.#change(nodeId, ({ availability, labels }) => ({
      availability: 'drain',
      labels: { [clusterLabel.leaving]: labels[clusterLabel.leaving] ?? availability },
    }))
    const endsAtMs = performance.now() + limitMs
    for (;;) {
      const node = await engine.nodes.inspect(nodeId, { signal })
      if (node === undefined) return
      if (node.state === 'down') break
      // It is still there: nobody has left.
      if (performance.now() > endsAtMs) return await this.#change(nodeId, asBefore)
      await pause(lookEveryMs, signal)
      signal.throwIfAborted()
    }
    await engine.nodes.remove(nodeId, { force: false, signal })
    onLeft(leaving)
  }

  /** The monitor may change the node at the same moment. */
  async #change(nodeId: string, changesOf: (node: ClusterNode) => NodeChanges): Promise<void> {
    const { nodes } = this.#options.engine
    const signal = this.#stopping.signal
    for (;;) {
      const node = await nodes.inspect(nodeId, { signal })
      if (node === undefined) return
      try {
        return await nodes.update(nodeId, node.version, changesOf(node), { signal })
      } catch (error) {
        if (!(error instanceof ShoalError && error.code === 'SWARM_CONFLICT')) throw error
      }
    }
  }
}

function asBefore({ labels }: ClusterNode): NodeChanges {
  const before = labels[clusterLabel.leaving]
  return {
    availability: before === 'drain' || before === 'pause' ? before : 'active',
    labels: { [clusterLabel.leaving]: undefined },
  }
}
