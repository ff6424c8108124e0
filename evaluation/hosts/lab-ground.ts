// A lab that stages stand on: its hosts, their samplers, the board at its first worker, and the cluster while there is one.
import type { ChildProcess } from 'node:child_process'
import type { Lab } from '../../lab/lab.ts'
import { endProgram, isRunning } from '../end-program.ts'
import { mustRun } from '../must-run.ts'
import { declareDevices, startBoard } from '../sensing/lab-board.ts'
import { allAnswer } from './all-answer.ts'
import { awaitQuiet } from './await-quiet.ts'
import type { EvaluationHost, HostRole } from './evaluation-host.ts'
import { labEvaluationHost } from './lab-host.ts'
import type { LabPlan } from './lab-topology.ts'
import { RunCluster } from './run-cluster.ts'
import { SampledHosts } from './sampled-hosts.ts'
import type { HostFacts, Link, StageNeed } from './stage.ts'
import { StandingStage } from './standing-stage.ts'

export interface LabGroundOptions {
  readonly lab: Lab
  readonly plan: LabPlan
  readonly link: Link
  readonly board: string
}

type Say = (line: string) => void

const engineAnswers = ['docker', 'version', '--format', '{{.Server.Version}}']
const declarations = '/etc/shoal/devices.yaml'
const boardEndMs = 5000

export class LabGround {
  readonly #lab: Lab
  readonly #plan: LabPlan
  readonly #link: Link
  readonly #manager: EvaluationHost
  readonly #client: EvaluationHost
  readonly #workers: readonly EvaluationHost[]
  readonly #samplers: SampledHosts
  readonly #cluster: RunCluster
  #facts: readonly HostFacts[] | undefined
  #board: ChildProcess | undefined
  #stage: StandingStage | undefined
  /** Of gaps in the samples: to whoever opened the stage that stands. */
  #say: Say = () => {}

  constructor({ lab, plan, link, board }: LabGroundOptions) {
    const host = (name: string, role: HostRole) => labEvaluationHost(lab.host(name), role)
    this.#lab = lab
    this.#plan = plan
    this.#link = link
    this.#manager = host('manager', 'manager')
    this.#client = host('client', 'client')
    this.#workers = plan.workers.map((name) => host(name, 'worker'))
    const { managerForWorkers } = plan
    this.#cluster = new RunCluster({ manager: this.#manager, workers: this.#workers, managerForWorkers })
    // In an ad-hoc WLAN every host has its radio on, the one that manages it too.
    const power = `model:${board}${link === 'wlan' ? '/wlan' : ''}`
    this.#samplers = new SampledHosts({
      hosts: this.#hosts,
      setting: { link, kind: 'lab' },
      powerOf: () => power,
      onSample: (sample) => this.#stage?.tell(sample),
      say: (line) => this.#say(line),
    })
  }

  /** Whether a stage of this need can stand on it: the same link and workers, and no host or Engine has died. */
  async carries(need: StageNeed, signal: AbortSignal, say: Say): Promise<boolean> {
    if (need.link !== this.#link || need.workers !== this.#workers.length) return false
    if (await allAnswer(this.#hosts, engineAnswers, signal)) return true
    say('a host does not answer any more: the lab is made anew')
    return false
  }

  /** From whatever stage stood here before. What fails leaves it to be taken down. */
  async enter(need: StageNeed, signal: AbortSignal, say: Say): Promise<StandingStage> {
    this.#stage = undefined
    this.#say = say
    for (const route of this.#plan.clientRoutes)
      await mustRun(this.#client, ['ip', 'route', 'replace', ...route], signal)
    const keepsCluster = need.mode === 'cluster' && this.#cluster.isRunning && this.#hasBoard === need.devices
    if (!keepsCluster) await this.#cluster.stop(say)
    await this.#attachBoard(need.devices, signal, say)
    if (need.mode === 'cluster' && !keepsCluster) await this.#cluster.start(signal, say)
    this.#facts ??= await this.#samplers.start(signal)
    this.#stage = new StandingStage({
      need,
      manager: this.#manager,
      client: this.#client,
      workers: this.#workers,
      facts: this.#facts,
      managerAddress: this.#manager.address,
      programsRun: () =>
        (need.mode === 'pair' || this.#cluster.isRunning) && (!need.devices || this.#hasBoard),
    })
    await awaitQuiet(this.#stage, { signal, say })
    return this.#stage
  }

  /** All that runs in the hosts ends with them. */
  async takeDown(): Promise<void> {
    this.#stage = undefined
    const samplers = this.#samplers.stop()
    try {
      await this.#lab.down()
    } finally {
      await samplers
      if (this.#board !== undefined) await endProgram(this.#board, boardEndMs)
    }
  }

  get #hosts(): readonly EvaluationHost[] {
    return [this.#manager, this.#client, ...this.#workers]
  }

  get #hasBoard(): boolean {
    return this.#board !== undefined && isRunning(this.#board)
  }

  /** The simulated board at the first worker, and what that says of its devices: both or neither. */
  async #attachBoard(isWanted: boolean, signal: AbortSignal, say: Say): Promise<void> {
    if (isWanted === this.#hasBoard) return
    const [name = ''] = this.#plan.workers
    const worker = this.#lab.host(name)
    if (isWanted) {
      say(`${name}: a simulated board hangs at it`)
      await declareDevices(worker, signal)
      this.#board = await startBoard(worker, signal)
      return
    }
    if (this.#board !== undefined) await endProgram(this.#board, boardEndMs)
    this.#board = undefined
    await mustRun(worker, ['rm', '-f', declarations], signal)
  }
}
