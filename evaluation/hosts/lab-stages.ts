// Stages in labs on this machine: one lab for each link and number of workers, kept as long as the next stage stands on the same.
import { assertFit } from '../../lab/fitness.ts'
import { mostHosts } from '../../lab/host-spec.ts'
import { Lab } from '../../lab/lab.ts'
import { defaultDataFolder, labPaths } from '../../lab/lab-paths.ts'
import type { Topology } from '../../lab/topology.ts'
import { endLeftLab } from './end-left-lab.ts'
import { labDurationMs } from './lab-duration.ts'
import { LabGround } from './lab-ground.ts'
import { planLab } from './lab-topology.ts'
import { checkNeeds } from './needs.ts'
import { links, type Stage, type StageNeed, type Stages } from './stage.ts'

export interface LabStagesOptions {
  /** Power model of its hosts: `pi3b`. */
  readonly board: string
  /** Where labs keep their files; left out: where they do by default. */
  readonly dataFolder?: string | undefined
  /** Of its labs. Default: evaluation. */
  readonly name?: string
}

const usualName = 'evaluation'

/** Two of its hosts are manager and client. */
const mostWorkers = mostHosts - 2

export function labStages(options: LabStagesOptions): Stages {
  return new LabStages(options)
}

class LabStages implements Stages {
  readonly kind = 'lab'
  readonly #options: LabStagesOptions
  #ground: LabGround | undefined

  constructor(options: LabStagesOptions) {
    this.#options = options
  }

  check(needs: readonly StageNeed[]): void {
    checkNeeds(needs, 'the lab', labRefusal)
  }

  async assertReady(
    needs: readonly StageNeed[],
    _signal: AbortSignal,
    say: (line: string) => void,
  ): Promise<void> {
    for (const { link, workers } of needs) assertFit(planLab(link, workers, usualName).topology)
    await this.#endLeft(say)
  }

  expectedMs(before: StageNeed | undefined, need: StageNeed): number {
    return labDurationMs(before, need)
  }

  async open(need: StageNeed, signal: AbortSignal, say: (line: string) => void): Promise<Stage> {
    this.check([need])
    try {
      if (this.#ground !== undefined && !(await this.#ground.carries(need, signal, say))) await this.close()
      this.#ground ??= await this.#bringUp(need, signal, say)
      return await this.#ground.enter(need, signal, say)
    } catch (error) {
      await this.close().catch((reason: Error) =>
        say(`what had been started was not ended: ${reason.message}`),
      )
      throw error
    }
  }

  async close(): Promise<void> {
    const ground = this.#ground
    this.#ground = undefined
    await ground?.takeDown()
  }

  async #endLeft(say: (line: string) => void): Promise<void> {
    const { dataFolder = defaultDataFolder, name = usualName } = this.#options
    await endLeftLab(labPaths(dataFolder, name), (topology) => isOfStage(topology, name), say)
  }

  async #bringUp(need: StageNeed, signal: AbortSignal, say: (line: string) => void): Promise<LabGround> {
    const { board, dataFolder, name = usualName } = this.#options
    const plan = planLab(need.link, need.workers, name)
    say(
      `brings up an emulated edge (${need.link}): ${plan.topology.hosts.map((host) => host.name).join(', ')}`,
    )
    await this.#endLeft(say)
    const lab = await Lab.up(plan.topology, {
      name,
      signal,
      ...(dataFolder === undefined ? {} : { dataFolder }),
    })
    return new LabGround({ lab, plan, link: need.link, board })
  }
}

/** What no lab can give; undefined where it can. */
function labRefusal({ link, workers }: StageNeed): string | undefined {
  if (link === 'direct' && workers > 1)
    return `a cable joins one worker to the manager, not ${workers} (link direct)`
  if (workers > mostWorkers) return `${workers} workers: a lab holds at most ${mostWorkers}`
  return undefined
}

/** Whether a stage stands on such a lab; a lab of the same name that somebody brought up for something else is another. */
function isOfStage(topology: Topology, name: string): boolean {
  const workers = topology.hosts.length - 2
  const need = { mode: 'pair', workers, devices: false } as const
  return links
    .filter((link) => workers > 0 && labRefusal({ ...need, link }) === undefined)
    .some((link) => JSON.stringify(planLab(link, workers, name).topology) === JSON.stringify(topology))
}
