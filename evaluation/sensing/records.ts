// The raw records of a run of the sensing measurement, as they are written: one JSON object a line, in the order of what happened.
import type { PaperCapability, SensingMode } from './plan.ts'

/** Which service, in which mode. */
interface Of {
  readonly mode: SensingMode
  readonly capability: PaperCapability
}

/** From the start of the command on the client to its end, which waits for the first CoAP answer. */
export interface ActivationRecord extends Of {
  readonly type: 'activation'
  /** The first of each mode brings the image to the worker. It is not counted. */
  readonly isFirst: boolean
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly ms?: number
  readonly endpoint?: string
  /** Why there is none. */
  readonly failure?: string
}

/** One CoAP request; its time is from the first datagram to the whole answer, in the client host. */
export interface RequestRecord extends Of {
  readonly type: 'request'
  readonly method: 'PUT' | 'GET'
  readonly path: string
  readonly body?: string
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAtMs: number
  readonly responseTimeMs?: number
  /** `2.05`; left out where nothing was answered. */
  readonly code?: string
  readonly payload?: string
  /** Why there is no answer. */
  readonly failure?: string
}

/** CPU time of all processes in the instance's cgroup since it was made: read before PUT on, and after PUT off. */
export interface CpuRecord extends Of {
  readonly type: 'cpu'
  readonly when: 'before' | 'after'
  readonly atMs: number
  readonly seconds: number
}

/** From the start of the command on the client to its end. */
export interface RemovalRecord extends Of {
  readonly type: 'removal'
  readonly atMs: number
  readonly ms: number
}

export type SensingRecord = ActivationRecord | RequestRecord | CpuRecord | RemovalRecord

/** What the client's probe is told. */
export interface RequestPlan extends Of {
  readonly endpoint: string
  readonly forMs: number
  readonly everyMs: number
  readonly deadlineMs: number
}
