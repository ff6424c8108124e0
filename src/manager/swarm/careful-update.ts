// The care of one deployment: a new version is tried beside the old, the answers of all services are awaited, and what does not come up goes back.
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import type { Application, Service } from '../../model/application.ts'
import { barsOf, withBars } from '../../model/cluster/bars.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ServiceView } from '../../model/cluster/views.ts'
import { ShoalError } from '../../model/errors.ts'
import type { DevicesOf } from '../../placement/device-presence.ts'
import { explainService } from '../../placement/explain-service.ts'
import type { EventLog } from '../event-log.ts'
import { awaitServices } from './await-services.ts'
import type { ClusterView } from './cluster-view.ts'
import type { AwaitedService, ComeUp } from './coming-up.ts'
import { despiteConflicts } from './despite-conflicts.ts'
import { lastWords } from './last-words.ts'
import type { DeployStep } from './plan-deploy.ts'
import { canTry, tryVersion } from './trial.ts'
import { seconds, whyEnded } from './why-ended.ts'

export interface CareOptions {
  readonly engine: Pick<Engine, 'services' | 'tasks'>
  readonly view: ClusterView
  readonly auth: RegistryAuth
  readonly events: EventLog
  /** The services as clients see them, now. */
  readonly views: () => readonly ServiceView[]
  readonly devicesOf: DevicesOf
}

/** Of one deployment. */
export interface CareCall {
  readonly signal: AbortSignal
  readonly onProgress?: (line: string) => void
}

type Wanted = Exclude<DeployStep, { kind: 'remove' }>

interface Watched extends AwaitedService {
  readonly step: Wanted
}

interface Failure {
  readonly name: string
  readonly verdict: ComeUp
  readonly wentBack: boolean
  readonly reason: string
}

export class CarefulUpdate {
  readonly #options: CareOptions
  readonly #deploy: CareCall
  readonly #steps = new Map<string, { step: Wanted; id: string | undefined; old: ReadonlySet<string> }>()
  /** Specs that have been tried: a plan that is made anew because of a conflict does not try them again. */
  readonly #tried = new Set<string>()

  constructor(options: CareOptions, deploy: CareCall) {
    this.#options = options
    this.#deploy = deploy
  }

  /** Throws ShoalError DEPLOY_ROLLED_BACK for a version that does not answer: nothing of the old has been touched by then. */
  async tryNewVersions(application: Application, steps: readonly DeployStep[]): Promise<void> {
    const { engine, auth, view, events } = this.#options
    const { signal, onProgress = () => {} } = this.#deploy
    for (const step of steps) {
      const key = JSON.stringify('spec' in step ? step.spec : undefined)
      if (!canTry(step) || this.#tried.has(key)) continue
      const name = `${application.name}/${step.service}`
      onProgress(`tries the new version of ${name} beside the one that runs`)
      const result = await tryVersion(step.spec, { engine, auth, nodes: () => view.snapshot().nodes, signal })
      this.#tried.add(key)
      if (result.kind === 'answered') onProgress(`the new version of ${name} answers`)
      else if (result.kind === 'no-room')
        onProgress(`no node can take one more instance of ${name}: it is updated without a trial`)
      else {
        events.add({
          kind: 'service-rolled-back',
          subject: name,
          text: `the new version was tried and given up: ${result.reason}`,
        })
        throw new ShoalError('DEPLOY_ROLLED_BACK', {
          action: 'update',
          object: name,
          reason: `the new version was tried beside the one that runs, and ${result.reason}. The one that runs was not touched`,
          nextStep: 'mend the new version, and deploy it again',
        })
      }
    }
  }

  /** What is to be told from the new instances: those that are there now. */
  async remember(step: Wanted): Promise<void> {
    // Done by an earlier plan of this deployment, which a conflict cut off.
    if (step.kind === 'keep' && this.#steps.has(step.service)) return
    const { engine } = this.#options
    const id = step.kind === 'create' ? undefined : step.from.id
    const isRolling = step.kind === 'update' && step.isRolling
    const old = isRolling
      ? await engine.tasks.list({ serviceId: step.from.id }, { signal: this.#deploy.signal })
      : []
    this.#steps.set(step.service, { step, id, old: new Set(old.map((instance) => instance.id)) })
  }

  created(step: Wanted, id: string): void {
    this.#steps.set(step.service, { step, id, old: new Set() })
  }

  /** Throws ShoalError DEPLOY_ROLLED_BACK, UNPLACEABLE, DEPLOY_INCOMPLETE; of several services all are told. */
  async awaitAnswers(application: Application): Promise<void> {
    const { signal, onProgress = () => {} } = this.#deploy
    const verdicts = new Map<Watched, ComeUp>()
    await awaitServices(this.#watched(application), {
      ...this.#options,
      signal,
      onVerdict: (service, verdict) => {
        const watched = service as Watched
        verdicts.set(watched, verdict)
        if (verdict === 'up' && watched.step.kind !== 'keep')
          onProgress(`${application.name}/${watched.step.service} ${wordForUp(watched)}`)
      },
    })
    const failures: Failure[] = []
    for (const [watched, verdict] of verdicts)
      if (verdict !== 'up') failures.push(await this.#fail(application, watched, verdict))
    if (failures.length > 0) throw errorOf(application.name, failures)
  }

  #watched(application: Application): readonly Watched[] {
    return application.services.flatMap((service) => {
      const known = this.#steps.get(service.name)
      if (known?.id === undefined) return []
      const { step, id, old } = known
      const isRolling = step.kind === 'update' && step.isRolling
      return [{ id, step, isRolling, oldInstances: old, readyMs: readyMsOf(service) }]
    })
  }

  async #fail(application: Application, watched: Watched, verdict: ComeUp): Promise<Failure> {
    const { events } = this.#options
    const { step } = watched
    const name = `${application.name}/${step.service}`
    const reason = await this.#whyNot(application, watched, verdict)
    if (step.kind !== 'update' || verdict === 'gone' || verdict === 'paused')
      return { name, verdict, wentBack: false, reason }
    if (verdict !== 'rolled-back') await this.#goBack(step.from)
    const isBack = await this.#isBack(watched)
    events.add({
      kind: 'service-rolled-back',
      subject: name,
      text: `the new version did not come up: ${reason}`,
    })
    const now = isBack ? 'the version before runs again' : 'the version before is on its way back'
    return { name, verdict, wentBack: true, reason: `${reason}; ${now}` }
  }

  /** By the spec itself: Swarm's own memory of the one before may be of a mere change of numbers. */
  async #goBack({ id, spec }: ClusterService): Promise<void> {
    const { engine } = this.#options
    const { signal } = this.#deploy
    await despiteConflicts(async () => {
      const now = await engine.services.inspect(id, { signal })
      if (now === undefined) return
      await engine.services.update(id, now.version, withBars(spec, barsOf(now.spec)), { signal })
    })
  }

  async #isBack({ id, readyMs }: Watched): Promise<boolean> {
    const verdicts: ComeUp[] = []
    const old = { id, readyMs, isRolling: false, oldInstances: new Set<string>() }
    await awaitServices([old], {
      ...this.#options,
      signal: this.#deploy.signal,
      onVerdict: (_, verdict) => verdicts.push(verdict),
    })
    return verdicts[0] === 'up'
  }

  async #whyNot(
    application: Application,
    { id, step, oldInstances }: Watched,
    verdict: ComeUp,
  ): Promise<string> {
    const { view, engine, devicesOf } = this.#options
    const snapshot = view.snapshot()
    const service = snapshot.services.find((each) => each.id === id)
    if (service === undefined || verdict === 'gone') return 'it was removed meanwhile'
    if (verdict === 'refused') return explainService(service, snapshot, devicesOf).text
    const [failed] = snapshot.instances
      .filter(
        (instance) => instance.serviceId === id && instance.error !== '' && !oldInstances.has(instance.id),
      )
      .sort((a, b) => b.changedAtMs - a.changedAtMs)
    const readyMs = readyMsOf(application.services.find(({ name }) => name === step.service))
    const answersCoap = step.spec.Labels?.[clusterLabel.coapPort] !== undefined
    const why =
      failed === undefined
        ? `it is not ready ${seconds(readyMs)} after its start (x-shoal.ready.timeout)`
        : whyEnded(failed, { answersCoap, readyMs })
    const words = await lastWords(engine, id, this.#deploy.signal)
    return words === undefined ? why : `${why}; its last line: ${words}`
  }
}

function readyMsOf(service: Service | undefined): number {
  return service?.ready.timeoutMs ?? 0
}

function wordForUp({ step: { spec } }: Watched): string {
  const {
    [clusterLabel.active]: active,
    [clusterLabel.standby]: standby,
    [clusterLabel.coapPort]: coapPort,
  } = spec.Labels ?? {}
  if (spec.Mode.Replicated !== undefined && active === '0')
    return standby === '0' ? 'is declared' : 'stands by'
  return coapPort === undefined ? 'runs' : 'answers'
}

/** One error for all that did not come up. */
function errorOf(application: string, failures: readonly Failure[]): ShoalError {
  const [first] = failures
  const object = failures.length === 1 && first !== undefined ? first.name : application
  const reason =
    failures.length === 1 && first !== undefined
      ? first.reason
      : failures.map(({ name, reason: why }) => `${name}: ${why}`).join('\n')
  const names = failures.map(({ name }) => name)
  if (failures.some(({ wentBack }) => wentBack))
    return new ShoalError('DEPLOY_ROLLED_BACK', {
      action: 'update',
      object,
      reason,
      nextStep: `mend the new version, and deploy it again; shoal logs ${names[0]} shows what it wrote`,
    })
  if (failures.every(({ verdict }) => verdict === 'refused'))
    return new ShoalError('UNPLACEABLE', {
      action: 'deploy',
      object,
      reason,
      nextStep: `it stays declared and starts when a node can take it; shoal rm ${application} takes it away`,
    })
  return new ShoalError('DEPLOY_INCOMPLETE', {
    action: 'deploy',
    object,
    reason,
    nextStep: `shoal ps ${application} and shoal logs ${names[0]} show more; shoal rm ${application} takes it away`,
  })
}
