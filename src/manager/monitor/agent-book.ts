// What the agents have reported: when each was heard last, and the state of its instances. In memory: a manager that begins anew asks for all of it.
import type { AgentInstanceState, AgentReport } from '../../model/cluster/agent-messages.ts'

export interface AgentRecord {
  readonly nodeId: string
  session: number
  sequence: number
  /** Monotonic milliseconds. */
  heardAtMs: number
  /** When the present silence-free stretch began. */
  readonly firstHeardAtMs: number
  instances: ReadonlyMap<string, AgentInstanceState>
  problems: readonly string[]
  missingImages: readonly string[]
  /** Node's clock less the manager's, in seconds; undefined until it was told. */
  clockOffsetS: number | undefined
  /** Whether everything was told since the record began. */
  isWhole: boolean
}

export class AgentBook {
  readonly #records = new Map<string, AgentRecord>()

  find(nodeId: string): AgentRecord | undefined {
    return this.#records.get(nodeId)
  }

  all(): readonly AgentRecord[] {
    return [...this.#records.values()]
  }

  forget(nodeId: string): void {
    this.#records.delete(nodeId)
  }

  /** @returns whether anything but the time is new; undefined for one that came late, after a newer one of its session */
  take(nodeId: string, report: AgentReport, nowMs: number, wallSeconds: number): boolean | undefined {
    const known = this.#records.get(nodeId)
    if (known !== undefined && known.session === report.session && report.sequence <= known.sequence)
      return undefined
    const isNewSession = known === undefined || known.session !== report.session
    const record: AgentRecord = known ?? {
      nodeId,
      session: report.session,
      sequence: 0,
      heardAtMs: nowMs,
      firstHeardAtMs: nowMs,
      instances: new Map(),
      problems: [],
      missingImages: [],
      clockOffsetS: undefined,
      isWhole: false,
    }
    this.#records.set(nodeId, record)
    record.session = report.session
    record.sequence = report.sequence
    record.heardAtMs = nowMs
    if (report.instances !== undefined) {
      record.instances = new Map(report.instances.map(({ id, state }) => [id, state]))
      record.isWhole = true
    }
    if (report.problems !== undefined) record.problems = report.problems
    if (report.missingImages !== undefined) record.missingImages = report.missingImages
    if (report.clockSeconds !== undefined) record.clockOffsetS = report.clockSeconds - wallSeconds
    return (
      isNewSession ||
      report.instances !== undefined ||
      report.problems !== undefined ||
      report.missingImages !== undefined
    )
  }
}
