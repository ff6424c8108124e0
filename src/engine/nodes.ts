// The nodes of the Swarm: list, change, remove. The Engine must be a manager: SWARM_NOT_MANAGER otherwise.
import type { ClusterNode } from '../model/cluster/node.ts'
import type { CallOptions, EngineApi } from './api.ts'
import { nodeOf } from './node-answers.ts'
import { asArray, asRecord, asTextMap, type WireRecord } from './wire.ts'

export interface NodeChanges {
  readonly availability?: ClusterNode['availability']
  /** Laid over those that are there; one whose value is undefined is taken away. */
  readonly labels?: Readonly<Record<string, string | undefined>>
  readonly role?: ClusterNode['role']
}

const limitMs = 20_000

export class Nodes {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  async list({ signal, deadlineMs = limitMs }: CallOptions = {}): Promise<ClusterNode[]> {
    const answer = await this.#api.json({
      action: 'list',
      object: 'nodes',
      method: 'GET',
      path: '/nodes',
      signal,
      deadlineMs,
    })
    return asArray(answer).map(asRecord).map(nodeOf)
  }

  /** @param node id, or `self`. @returns undefined when there is no such node. */
  async inspect(
    node: string,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<ClusterNode | undefined> {
    const answer = await this.#api.jsonIfAny({
      action: 'inspect',
      object: `node ${node}`,
      method: 'GET',
      path: `/nodes/${encodeURIComponent(node)}`,
      signal,
      deadlineMs,
    })
    return answer === undefined ? undefined : nodeOf(asRecord(answer))
  }

  /**
   * Changes what is named and keeps the rest.
   * @param version of the node that the change was decided on; throws SWARM_CONFLICT when it is another now, NODE_UNKNOWN.
   */
  async update(
    id: string,
    version: number,
    changes: NodeChanges,
    { signal, deadlineMs = limitMs }: CallOptions = {},
  ): Promise<void> {
    const path = `/nodes/${encodeURIComponent(id)}`
    const call = { action: 'change', object: `node ${id}`, signal, deadlineMs }
    const node = asRecord(await this.#api.json({ ...call, method: 'GET', path }))
    await this.#api.json({
      ...call,
      method: 'POST',
      path: `${path}/update`,
      query: { version },
      body: renderNodeSpec(asRecord(node.Spec), changes),
    })
  }

  /** One that is gone is done already. Without force only a node that is down goes: NODE_IN_USE. */
  async remove(
    id: string,
    { force = false, signal, deadlineMs = limitMs }: CallOptions & { readonly force?: boolean } = {},
  ): Promise<void> {
    await this.#api.jsonIfAny({
      action: 'remove',
      object: `node ${id}`,
      method: 'DELETE',
      path: `/nodes/${encodeURIComponent(id)}`,
      query: { force },
      signal,
      deadlineMs,
    })
  }
}

function renderNodeSpec(spec: WireRecord, { availability, labels, role }: NodeChanges): object {
  const merged = { ...asTextMap(spec.Labels), ...labels }
  return {
    ...spec,
    ...(availability === undefined ? {} : { Availability: availability }),
    ...(role === undefined ? {} : { Role: role }),
    // A value of undefined does not reach the wire: the label is gone.
    Labels: merged,
  }
}
