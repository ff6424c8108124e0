// What the agents have reported: when each was heard last, and the state of its instances. In memory: a manager that begins anew asks for all of it.
import type { AgentDevice, AgentInstanceState, AgentReport } from '../../model/cluster/agent-messages.ts'

export interface AgentRecord {
  readonly nodeId: string
  session: number
  sequence: number
  /** Monotonic milliseconds. */
  heardAtMs: number
  /** It reports from this very machine. */
  isLocal: boolean
  /** Those that run or stand paused there, by id. */
  instances: ReadonlyMap<string, AgentInstanceState>
  problems: readonly string[]
  missingImages: readonly string[]
  /** Undefined until they were told: nothing is known of them then. */
  devices: readonly AgentDevice[] | undefined
  /** Node's clock less the manager's, in seconds; undefined until it was told. */
  clockOffsetS: number | undefined
  /** Whether everything was told since the record began. */
  isWhole: boolean
}

export interface ReportCircumstances {
  /** Monotonic milliseconds. */
  readonly nowMs: number
  /** Since 1970. */
  readonly wallSeconds: number
  readonly isLocal: boolean
}

/** What a report has changed; undefined: it came late, after a newer one of its session. */
export type ReportNews = { readonly isNew: boolean; readonly newProblems: readonly string[] } | undefined

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

  /** Whoever could not be heard for so long gets the time back. */
  forgive(ms: number): void {
    for (const record of this.#records.values()) record.heardAtMs += ms
  }

  take(
    nodeId: string,
    report: AgentReport,
    { nowMs, wallSeconds, isLocal }: ReportCircumstances,
  ): ReportNews {
    const known = this.#records.get(nodeId)
    if (known !== undefined && known.session === report.session && report.sequence <= known.sequence)
      return undefined
    const isNewSession = known === undefined || known.session !== report.session
    const record = known ?? newRecord(nodeId)
    const problemsBefore = record.problems
    this.#records.set(nodeId, record)
    record.session = report.session
    record.sequence = report.sequence
    record.heardAtMs = nowMs
    record.isLocal = isLocal
    if (report.instances !== undefined) {
      record.instances = new Map(report.instances.map(({ id, state }) => [id, state]))
      record.isWhole = true
    }
    if (report.problems !== undefined) record.problems = report.problems
    if (report.missingImages !== undefined) record.missingImages = report.missingImages
    if (report.devices !== undefined) record.devices = report.devices
    if (report.clockSeconds !== undefined) record.clockOffsetS = report.clockSeconds - wallSeconds
    return {
      isNew:
        isNewSession ||
        report.instances !== undefined ||
        report.problems !== undefined ||
        report.missingImages !== undefined ||
        report.devices !== undefined,
      newProblems: record.problems.filter((problem) => !problemsBefore.includes(problem)),
    }
  }
}

function newRecord(nodeId: string): AgentRecord {
  return {
    nodeId,
    session: 0,
    sequence: 0,
    heardAtMs: 0,
    isLocal: false,
    instances: new Map(),
    problems: [],
    missingImages: [],
    devices: undefined,
    clockOffsetS: undefined,
    isWhole: false,
  }
}
