// Nodes that nobody hears: found, set aside in Swarm, taken back. What ran there and was given to others must then not run on.
import type { Engine } from '../../engine/engine.ts'
import { clusterLabel, silentValue } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { ClusterSnapshot } from '../../model/cluster/snapshot.ts'
import type { EventLog } from '../event-log.ts'
import { isWanted } from '../views.ts'
import type { AgentBook } from './agent-book.ts'
import { answersTcp } from './answers-tcp.ts'
import { canMove } from './can-move.ts'
import { askKernelForMs, findSilent, silenceLimitMs } from './silence.ts'

export interface AwayNodesOptions {
  readonly engine: { readonly nodes: Pick<Engine['nodes'], 'update'> }
  readonly book: AgentBook
  readonly events: Pick<EventLog, 'add'>
  readonly snapshot: () => ClusterSnapshot
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Whether the kernel of a machine answers within the time. */
  readonly answers?: (address: string, deadlineMs: number) => Promise<boolean>
}

/** A node whose kernel answers and whose agent does not is asked again this often. */
const askAgainMs = 2000
/**
 * Swarm gives a node up after 12 s of silence. One that it has for ready longer than this is there, and it is its agent that is not: then it is
 * Swarm's business like any node without agent.
 */
const readyWithoutAgentMs = 60_000

interface Question {
  readonly askedAtMs: number
  /** Undefined while it is under way. */
  answers: boolean | undefined
  isTold: boolean
}

export class AwayNodes {
  readonly #options: AwayNodesOptions
  readonly #answers: NonNullable<AwayNodesOptions['answers']>
  readonly #away = new Set<string>()
  /** Nodes that are back, with what must not run on there; undefined until that was looked at. */
  readonly #returned = new Map<string, ReadonlySet<string> | undefined>()
  readonly #questions = new Map<string, Question>()
  readonly #readySinceMs = new Map<string, number>()

  constructor(options: AwayNodesOptions) {
    this.#options = options
    this.#answers = options.answers ?? answersTcp
  }

  has(nodeId: string): boolean {
    return this.#away.has(nodeId)
  }

  /** Its kernel answers and its agent does not: what the agent said last is not to be relied on. */
  lacksAgent(nodeId: string): boolean {
    return this.#questions.get(nodeId)?.isTold === true
  }

  /** Labels of an earlier life of the manager: whoever set a node aside, its next report takes it back. */
  adopt({ nodes }: ClusterSnapshot): void {
    for (const { id, labels } of nodes) if (labels[clusterLabel.away] !== undefined) this.#away.add(id)
  }

  forget(nodeId: string): void {
    for (const known of [this.#away, this.#returned, this.#questions, this.#readySinceMs])
      known.delete(nodeId)
  }

  /** Looks for nodes that have fallen silent. @returns whether anything is other than before */
  look(): boolean {
    const { book, snapshot, now } = this.#options
    const nodes = new Map(snapshot().nodes.map((node) => [node.id, node]))
    const nowMs = now()
    const agents = book.all().filter(({ nodeId }) => nodes.has(nodeId))
    for (const nodeId of findSilent(agents, nowMs, silenceLimitMs - askKernelForMs)) {
      const node = nodes.get(nodeId)
      if (node !== undefined && !this.#away.has(nodeId)) this.#askKernel(node, nowMs)
    }
    let isChanged = false
    for (const nodeId of findSilent(agents, nowMs, silenceLimitMs)) {
      const node = nodes.get(nodeId)
      if (node === undefined || this.#away.has(nodeId)) continue
      const question = this.#questions.get(nodeId)
      if (question?.answers === true) isChanged = this.#tellAgentSilent(node, question) || isChanged
      else if (question?.answers === false) {
        this.#setAside(node, nowMs)
        isChanged = true
      }
    }
    return isChanged
  }

  /** The node has just been heard. @returns whether it is back, and what runs there is to be looked at */
  heard({ id, name, state }: ClusterNode): boolean {
    this.#questions.delete(id)
    this.#readySinceMs.delete(id)
    if (this.#away.delete(id)) {
      this.#options.events.add({ kind: 'node-back', subject: name, text: 'it reports again' })
      this.#returned.set(id, undefined)
    } else if (state === 'down' && !this.#returned.has(id)) {
      // Swarm itself has given it up meanwhile, and its instances with it.
      this.#returned.set(id, undefined)
    }
    return this.#returned.has(id) && this.#returned.get(id) === undefined
  }

  /** @param reported what runs there @param snapshot taken after it was heard */
  judge(nodeId: string, reported: readonly string[], snapshot: ClusterSnapshot): void {
    const wanted = new Set(snapshot.instances.filter(isWanted).map(({ id }) => id))
    const stopped = new Set(reported.filter((id) => !wanted.has(id)))
    this.#returned.set(nodeId, stopped)
    if (stopped.size === 0) return
    this.#options.events.add({
      kind: 'instance-killed',
      subject: snapshot.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId,
      text: `${stopped.size === 1 ? 'an instance' : `${stopped.size} instances`} that ran on there, and had been given to others: killed`,
    })
  }

  /** By node id, what its agent is to kill; nodes where nothing of it is left are like any other from then on. */
  stopped(): ReadonlyMap<string, readonly string[]> {
    const { book, snapshot } = this.#options
    const stopped = new Map<string, readonly string[]>()
    for (const [nodeId, ids] of this.#returned) {
      if (ids === undefined) continue
      const running = book.find(nodeId)?.instances
      const left = [...ids].filter((id) => running?.has(id) === true)
      const state = snapshot().nodes.find(({ id }) => id === nodeId)?.state
      if (left.length > 0) stopped.set(nodeId, left)
      else if (state !== 'down') this.#returned.delete(nodeId)
    }
    return stopped
  }

  /**
   * Brings the labels in Swarm to what is known here. Throws ShoalError: SWARM_CONFLICT when somebody else changed the node meanwhile.
   * @returns whether anything was changed
   */
  async reconcile(snapshot: ClusterSnapshot, signal: AbortSignal): Promise<boolean> {
    let isChanged = false
    for (const node of snapshot.nodes) {
      const isMarked = node.labels[clusterLabel.away] !== undefined
      const isAway = this.#away.has(node.id) && !this.#isThereWithoutAgent(node)
      const labels =
        isAway && !isMarked && this.#isWorthIt(node, snapshot)
          ? { [clusterLabel.away]: new Date().toISOString(), [clusterLabel.silent]: silentValue }
          : !isAway && isMarked && !this.#returned.has(node.id)
            ? { [clusterLabel.away]: undefined, [clusterLabel.silent]: undefined }
            : undefined
      if (labels === undefined) continue
      await this.#options.engine.nodes.update(node.id, node.version, { labels }, { signal })
      isChanged = true
    }
    return isChanged
  }

  /** A node that its operator paused or drained is left as he left it: Swarm would not move anything from there either. */
  #isWorthIt({ id, availability }: ClusterNode, snapshot: ClusterSnapshot): boolean {
    return (
      availability === 'active' &&
      canMove(
        id,
        snapshot,
        (nodeId) => this.#away.has(nodeId),
        (nodeId) => this.#options.book.find(nodeId)?.devices,
      )
    )
  }

  #isThereWithoutAgent({ id, name, state }: ClusterNode): boolean {
    const nowMs = this.#options.now()
    if (state !== 'ready') {
      this.#readySinceMs.delete(id)
      return false
    }
    const sinceMs = this.#readySinceMs.get(id) ?? nowMs
    this.#readySinceMs.set(id, sinceMs)
    if (nowMs - sinceMs < readyWithoutAgentMs) return false
    this.forget(id)
    this.#options.book.forget(id)
    this.#options.events.add({
      kind: 'problem',
      subject: name,
      text: 'Swarm hears it, but its agent does not report: start it there with shoal worker agent',
    })
    return true
  }

  #askKernel({ id, address }: ClusterNode, nowMs: number): void {
    const known = this.#questions.get(id)
    if (known !== undefined && (known.answers === undefined || nowMs - known.askedAtMs < askAgainMs)) return
    const question: Question = { askedAtMs: nowMs, answers: undefined, isTold: known?.isTold ?? false }
    this.#questions.set(id, question)
    void this.#answers(address, askKernelForMs).then((answers) => {
      question.answers = answers
    })
  }

  #tellAgentSilent({ name }: ClusterNode, question: Question): boolean {
    if (question.isTold) return false
    question.isTold = true
    this.#options.events.add({
      kind: 'problem',
      subject: name,
      text: 'its agent does not report, but the node is there: start the agent there with shoal worker agent',
    })
    return true
  }

  #setAside(node: ClusterNode, nowMs: number): void {
    const { book, events, snapshot } = this.#options
    this.#away.add(node.id)
    this.#returned.delete(node.id)
    this.#readySinceMs.delete(node.id)
    const silentS = ((nowMs - (book.find(node.id)?.heardAtMs ?? nowMs)) / 1000).toFixed(1)
    const what = this.#isWorthIt(node, snapshot())
      ? 'others take over its instances'
      : 'no other node can take its instances, they are left alone'
    events.add({ kind: 'node-away', subject: node.name, text: `silent for ${silentS} s: ${what}` })
  }
}
