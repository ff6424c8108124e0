// Cluster mode on hosts that are up: the manager started and every worker joined; and all of that undone, so that neither manager nor
// agent nor Swarm is left.
import { usualPorts } from '../../src/model/manager-ports.ts'
import { allOrFirstError } from '../../src/pair/all-or-first-error.ts'
import { joinWorker, type RunningManager, startManager, stopManager } from '../cluster.ts'
import { isRunning } from '../end-program.ts'
import type { EvaluationHost } from './evaluation-host.ts'

export interface ClusterHosts {
  readonly manager: EvaluationHost
  readonly workers: readonly EvaluationHost[]
  /** At which the workers reach the manager. */
  readonly managerForWorkers: string
}

/** Keys, catalogue and registry of a manager that only measures: no folder that a person's own one has. */
export const managerFolder = '/var/lib/shoal/evaluation'
const undoLimitMs = 60_000

/** Names of hosts that were changed and have not been changed back yet, each with the address of the manager that it was for. */
export type ChangedHosts = Map<string, string>

export class RunCluster {
  readonly #hosts: ClusterHosts
  readonly #changed: ChangedHosts
  #manager: RunningManager | undefined

  /** @param changed what an earlier cluster on these hosts could not end, as a host was gone: this one ends it in its `stop` */
  constructor(hosts: ClusterHosts, changed: ChangedHosts = new Map()) {
    this.#hosts = hosts
    this.#changed = changed
  }

  get isRunning(): boolean {
    return this.#manager !== undefined && isRunning(this.#manager.program)
  }

  /** Throws ShoalError DEMO_FAILED, and the signal's reason; what was started is then ended by `stop`. */
  async start(signal: AbortSignal, say: (line: string) => void): Promise<void> {
    const { manager, workers, managerForWorkers } = this.#hosts
    for (const { name } of [manager, ...workers]) this.#changed.set(name, managerForWorkers)
    say('manager: starts the edge manager, on Docker Swarm')
    const options = ['--data', managerFolder, '--advertise', managerForWorkers]
    const running = await startManager(manager, signal, options)
    this.#manager = running
    say(`${workers.map(({ name }) => name).join(', ')}: ${workers.length === 1 ? 'joins' : 'join'}`)
    await allOrFirstError(workers, signal, (worker, inner) =>
      joinWorker(worker, running.token, inner, `coap://${managerForWorkers}`),
    )
  }

  /** Also after a start that failed or was stopped half-way. Never throws: what it cannot end it tells, and is ended by the next `stop`. */
  async stop(say: (line: string) => void): Promise<void> {
    const { manager, workers } = this.#hosts
    const undo = async (host: EvaluationHost, argvOf: (managerAddress: string) => readonly string[]) => {
      const managerAddress = this.#changed.get(host.name)
      if (managerAddress === undefined) return
      try {
        await mustEnd(host, argvOf(managerAddress))
        this.#changed.delete(host.name)
      } catch (error) {
        say(`${host.name} has not left its cluster: ${error instanceof Error ? error.message : error}`)
      }
    }
    await Promise.all(workers.map((worker) => undo(worker, () => leave)))
    const running = this.#manager
    if (running !== undefined) await stopManager(running)
    await undo(manager, leaveAsManager)
    this.#manager = undefined
  }
}

/** A device that is a member of no cluster leaves it as well, and one whose manager is gone. */
const leave = ['shoal', 'worker', 'leave']

/** A manager has the Engine beside it trust its registry; the keys of this one are gone for good. An Engine in no Swarm leaves it as well. */
function leaveAsManager(managerAddress: string): string[] {
  const script = [
    'said=$(docker swarm leave --force 2>&1) && code=0 || code=$?',
    'rm -rf "$@" || exit 1',
    'case $said in *"not part of a swarm"*) exit 0 ;; esac',
    '[ $code = 0 ] || echo "$said" >&2',
    'exit $code',
  ].join('\n')
  const trusted = `/etc/docker/certs.d/${managerAddress}:${usualPorts.registry}`
  return ['sh', '-c', script, 'sh', managerFolder, trusted]
}

async function mustEnd(host: EvaluationHost, argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await host.exec(argv, { timeoutMs: undoLimitMs })
  if (exitCode !== 0) throw new Error(stderr.trim() || `${argv[0]} ended with ${exitCode}`)
}
