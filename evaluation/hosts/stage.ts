// What a measurement stands on: hosts that are up, joined by one kind of link, with or without an edge manager.
import type { TelemetrySample } from '../../src/telemetry/record.ts'
import type { EvaluationHost, HostRole } from './evaluation-host.ts'

/** How the workers are reached: over a 100 Mbit/s switch, over WLAN, or over a cable to the host that commands them. */
export const links = ['ethernet', 'wlan', 'direct'] as const

export type Link = (typeof links)[number]

export interface StageNeed {
  readonly link: Link
  /** `pair`: neither manager nor agent runs anywhere. `cluster`: the manager runs, and every worker of the stage has joined it. */
  readonly mode: 'pair' | 'cluster'
  readonly workers: number
  /** Whether sensors and actuators hang at the first worker: its own, or a simulated board in the lab. */
  readonly devices: boolean
}

/** One sample of one host, as it came. */
export interface HostSample {
  readonly host: string
  readonly role: HostRole
  readonly sample: TelemetrySample
}

/** What is known of a host, once for a run. */
export interface HostFacts {
  readonly name: string
  readonly role: HostRole
  readonly link: Link
  /** `lab`: emulated on this machine. */
  readonly kind: 'lab' | 'real'
  readonly shoal: string
  readonly kernel: string
  readonly engine: string
  readonly nodeVersion: string
  readonly cpus: number
  /** Where its power comes from, and whether that is measured or modelled; undefined where nothing tells. */
  readonly power?: {
    readonly name: string
    readonly origin: 'measured' | 'modelled'
    readonly detail: string
  }
  readonly clock: string
}

export interface Stage {
  readonly need: StageNeed
  readonly client: EvaluationHost
  /** In pair mode too where there is one: it is idle then, and has no manager running. */
  readonly manager: EvaluationHost
  readonly workers: readonly EvaluationHost[]
  readonly facts: readonly HostFacts[]
  /** CoAP and everything else of the manager, as the client reaches it: a host name or an address. Only in cluster mode. */
  readonly managerAddress: string
  /** Every host is sampled as long as the stage stands; `listener` gets what comes from now on. @returns what ends that */
  onSample(listener: (sample: HostSample) => void): () => void
  /** Whether every host still answers, within 15 s. */
  isWhole(signal: AbortSignal): Promise<boolean>
}

/** Where stages come from: the lab, or an inventory of real hosts. */
export interface Stages {
  readonly kind: 'lab' | 'real'
  /** Throws ShoalError CAMPAIGN_INVALID with every need that these hosts cannot give. */
  check(needs: readonly StageNeed[]): void
  /**
   * Asked once, before anything is written, with what is left to measure: throws as ShoalError what would fail every cell of it, and ends what
   * a run that was killed has left behind.
   */
  assertReady?(needs: readonly StageNeed[], signal: AbortSignal, say: (line: string) => void): Promise<void>
  /** Milliseconds from one stage to the next, about; `before` is undefined at the first. */
  expectedMs(before: StageNeed | undefined, need: StageNeed): number
  /** What stood before is taken down as far as the need asks for it; hosts that died are brought back. */
  open(need: StageNeed, signal: AbortSignal, say: (line: string) => void): Promise<Stage>
  /** Everything that was started is ended. */
  close(): Promise<void>
}
