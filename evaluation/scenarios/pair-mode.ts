// Pair mode as its users have it: commands at the client, which run and remove services on a worker over SSH.
import type { EvaluationHost } from '../hosts/evaluation-host.ts'
import { mustRun } from '../must-run.ts'

/** One instance as `shoal pair run --json` tells it. */
export interface PairInstance {
  readonly instance: string
  readonly endpoint: string
  readonly container: string
  /** Whether this run made it. */
  readonly isNew: boolean
  /** connect, send, create, start, ready. */
  readonly phasesMs: Readonly<Record<string, number>>
  /** From when it was known what to run to the first answer. */
  readonly activationMs: number
  /** From the start of the program to the first answer. */
  readonly totalMs: number
}

export interface PairHosts {
  readonly client: EvaluationHost
  readonly worker: EvaluationHost
}

function deviceWord(worker: Pick<EvaluationHost, 'address'>): string {
  return `root@${worker.address}`
}

/**
 * `shoal pair run`: resolves when every instance answers CoAP.
 * @param service of Shoal's own, or a Compose file of the client
 */
export async function pairRun(
  { client, worker }: PairHosts,
  service: string,
  signal: AbortSignal,
  replicas?: number,
): Promise<readonly PairInstance[]> {
  const count = replicas === undefined ? [] : ['--replicas', String(replicas)]
  const argv = ['shoal', 'pair', 'run', ...count, deviceWord(worker), service, '--json']
  const output = await mustRun(client, argv, signal)
  return (JSON.parse(output) as { readonly instances: readonly PairInstance[] }).instances
}

/** `shoal pair run` of what is one instance. */
export async function pairRunOne(
  hosts: PairHosts,
  service: string,
  signal: AbortSignal,
): Promise<PairInstance> {
  const [instance] = await pairRun(hosts, service, signal)
  if (instance === undefined) throw new Error(`shoal pair run of ${service} named no instance`)
  return instance
}

/** `shoal pair rm`: resolves when they are gone. */
export async function pairRemove(
  { client, worker }: PairHosts,
  application: string,
  signal: AbortSignal,
): Promise<void> {
  await mustRun(client, ['shoal', 'pair', 'rm', deviceWord(worker), application], signal)
}

/** Ends the connection that stays open for a minute after each command: the next one has to connect anew. */
export async function pairDisconnect({ client, worker }: PairHosts, signal: AbortSignal): Promise<void> {
  await mustRun(client, ['shoal', 'pair', 'disconnect', deviceWord(worker)], signal)
}
