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

export class RunCluster {
  readonly #hosts: ClusterHosts
  #manager: RunningManager | undefined
  #isClean = true

  constructor(hosts: ClusterHosts) {
    this.#hosts = hosts
  }

  get isRunning(): boolean {
    return this.#manager !== undefined && isRunning(this.#manager.program)
  }

  /** Throws ShoalError DEMO_FAILED, and the signal's reason; what was started is then ended by `stop`. */
  async start(signal: AbortSignal, say: (line: string) => void): Promise<void> {
    const { manager, workers, managerForWorkers } = this.#hosts
    this.#isClean = false
    say('manager: starts the edge manager, on Docker Swarm')
    const options = ['--data', managerFolder, '--advertise', managerForWorkers]
    const running = await startManager(manager, signal, options)
    this.#manager = running
    say(`${workers.map(({ name }) => name).join(', ')}: ${workers.length === 1 ? 'joins' : 'join'}`)
    await allOrFirstError(workers, signal, (worker, inner) =>
      joinWorker(worker, running.token, inner, `coap://${managerForWorkers}`),
    )
  }

  /** Also after a start that failed or was stopped half-way. Never throws: what it cannot end it tells. */
  async stop(say: (line: string) => void): Promise<void> {
    if (this.#isClean) return
    const { manager, workers, managerForWorkers } = this.#hosts
    const attempt = async (what: string, act: () => Promise<unknown>) => {
      await act().catch((error: Error) => say(`${what}: ${error.message}`))
    }
    await Promise.all(workers.map((worker) => attempt(`${worker.name}: leave`, () => leave(worker))))
    const running = this.#manager
    if (running !== undefined) await attempt('manager: stop', () => stopManager(running))
    // A manager has the Engine beside it trust its registry; the keys of this one are gone for good.
    const trusted = `/etc/docker/certs.d/${managerForWorkers}:${usualPorts.registry}`
    const undo = ['sh', '-c', `docker swarm leave --force; rm -rf ${managerFolder} ${trusted}`]
    await attempt('manager: leave its Swarm', () => manager.exec(undo, { timeoutMs: undoLimitMs }))
    this.#manager = undefined
    this.#isClean = true
  }
}

/** A device that is a member of no cluster leaves it as well. */
async function leave(worker: EvaluationHost): Promise<void> {
  const { exitCode, stderr } = await worker.exec(['shoal', 'worker', 'leave'], { timeoutMs: undoLimitMs })
  if (exitCode !== 0) throw new Error(stderr.trim() || `shoal worker leave ended with ${exitCode}`)
}
