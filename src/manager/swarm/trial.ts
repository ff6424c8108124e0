// A new version tried beside the one that runs, as a Swarm service of its own with one instance: where it never answers, nobody was without the old.
import { createHash } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import type { RegistryAuth } from '../../engine/registry-auth.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterNode } from '../../model/cluster/node.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import { fixedHostPorts } from '../../placement/requirements.ts'
import { firstAnswer } from '../first-answer.ts'
import { lastWords } from './last-words.ts'
import type { DeployStep } from './plan-deploy.ts'
import { seconds, whyEnded } from './why-ended.ts'

export interface TrialOptions {
  readonly engine: Pick<Engine, 'services' | 'tasks'>
  readonly auth: RegistryAuth
  readonly nodes: () => readonly ClusterNode[]
  readonly signal: AbortSignal
}

/** `no-room`: no node can take one more instance beside those that run. */
export type TrialResult =
  | { readonly kind: 'answered' }
  | { readonly kind: 'no-room' }
  | { readonly kind: 'failed'; readonly reason: string }

const marginMs = 10_000
const pullLimitMs = 10 * 60_000
/** Swarm takes names of 63 characters. */
const longestName = 63
const undoLimitMs = 20_000

/** Only where an instance of the new version can stand beside one of the old, and says by CoAP whether it is any good. */
export function canTry(step: DeployStep): step is Extract<DeployStep, { kind: 'update' }> {
  if (step.kind !== 'update' || !step.isRolling) return false
  const { spec } = step
  const labels = spec.Labels ?? {}
  return (
    (spec.Mode.Replicated?.Replicas ?? 0) > 0 &&
    (step.from.spec.Mode.Replicated?.Replicas ?? 0) > 0 &&
    labels[clusterLabel.coapPort] !== undefined &&
    labels[clusterLabel.network] !== 'host' &&
    spec.UpdateConfig?.Order === 'start-first' &&
    fixedHostPorts(spec).length === 0 &&
    (spec.TaskTemplate.Resources?.Reservations?.GenericResources ?? []).length === 0
  )
}

/** The same with one instance that is not replaced, under a name of its own, and no name on the networks: nobody else is to find it. */
export function renderTrial(spec: SwarmServiceSpec): SwarmServiceSpec {
  const { TaskTemplate, EndpointSpec, Name, Labels = {} } = spec
  const { [clusterLabel.standby]: _, ...containerLabels } = TaskTemplate.ContainerSpec.Labels ?? {}
  const kept = [clusterLabel.coapPort, clusterLabel.coapPath, clusterLabel.readyMs]
  return {
    Name: trialName(spec),
    Labels: {
      ...Object.fromEntries(Object.entries(Labels).filter(([label]) => kept.some((each) => each === label))),
      [clusterLabel.mode]: 'cluster',
      [clusterLabel.trial]: Labels[clusterLabel.application] ?? Name,
    },
    TaskTemplate: {
      ...TaskTemplate,
      ContainerSpec: { ...TaskTemplate.ContainerSpec, Labels: containerLabels },
      RestartPolicy: { Condition: 'none' },
      Networks: (TaskTemplate.Networks ?? []).map(({ Target }) => ({ Target })),
    },
    Mode: { Replicated: { Replicas: 1 } },
    ...(EndpointSpec === undefined ? {} : { EndpointSpec }),
  }
}

/** Leaves nothing behind. Throws ShoalError where Swarm does not answer, or the signal's reason. */
export async function tryVersion(
  spec: SwarmServiceSpec,
  { engine, auth, nodes, signal }: TrialOptions,
): Promise<TrialResult> {
  const trial = renderTrial(spec)
  const readyMs = Number(spec.Labels?.[clusterLabel.readyMs] ?? 0)
  const { id } = await engine.services.create(trial, { registryAuth: auth, signal })
  const late = new AbortController()
  let timer = setTimeout(() => late.abort(), pullLimitMs)
  let isRunning = false
  try {
    const answer = await firstAnswer(
      { id, spec: trial },
      {
        engine,
        nodes,
        signal: AbortSignal.any([signal, late.signal]),
        endsWithInstance: true,
        onLook: (instances) => {
          if (isRunning || !instances.some(({ state }) => state === 'running')) return
          isRunning = true
          clearTimeout(timer)
          timer = setTimeout(() => late.abort(), readyMs + marginMs)
        },
      },
    )
    signal.throwIfAborted()
    if (answer.kind === 'answered') return { kind: 'answered' }
    if (answer.kind === 'refused') return { kind: 'no-room' }
    if (answer.kind === 'gone') return { kind: 'failed', reason: 'somebody removed the trial' }
    const reason =
      answer.kind === 'ended'
        ? whyEnded(answer.instance, { answersCoap: true, readyMs })
        : `it did not answer CoAP within ${seconds(readyMs)} of its start`
    const words = await lastWords(engine, id, signal)
    return { kind: 'failed', reason: words === undefined ? reason : `${reason}; its last line: ${words}` }
  } finally {
    clearTimeout(timer)
    await engine.services.remove(id, { signal: AbortSignal.timeout(undoLimitMs) })
  }
}

/** Those that a manager left behind when it died in the middle. @param application left out: all */
export async function removeTrials(
  engine: Pick<Engine, 'services'>,
  { application, signal }: { readonly application?: string; readonly signal: AbortSignal },
): Promise<void> {
  const label = application === undefined ? clusterLabel.trial : `${clusterLabel.trial}=${application}`
  for (const { id } of await engine.services.list([label], { signal }))
    await engine.services.remove(id, { signal })
}

/** `green_climate-trial-1a2b3c`: another for each version. */
function trialName({ Name, Labels }: SwarmServiceSpec): string {
  const hash = createHash('sha256')
    .update(`${Name} ${Labels?.[clusterLabel.spec] ?? ''}`)
    .digest('hex')
    .slice(0, 6)
  const end = `-trial-${hash}`
  return `${Name.slice(0, longestName - end.length)}${end}`
}
