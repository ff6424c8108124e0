// What a deployment changes: the application as it should be, against the services that are there. Pure; a dry run prints it.
import { withBars } from '../../model/cluster/bars.ts'
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'
import type { ObjectStep } from './plan-objects.ts'

export type DeployStep =
  | { readonly kind: 'create'; readonly service: string; readonly spec: SwarmServiceSpec }
  | {
      readonly kind: 'update'
      readonly service: string
      readonly spec: SwarmServiceSpec
      readonly from: ClusterService
      /** In words: `image a → b`. */
      readonly changes: readonly string[]
      /** Whether Swarm makes its instances anew. */
      readonly isRolling: boolean
    }
  | {
      readonly kind: 'scale'
      readonly service: string
      readonly spec: SwarmServiceSpec
      readonly from: ClusterService
      readonly changes: readonly string[]
    }
  | {
      readonly kind: 'keep'
      readonly service: string
      readonly spec: SwarmServiceSpec
      readonly from: ClusterService
    }
  | { readonly kind: 'remove'; readonly service: string; readonly from: ClusterService }

/**
 * @param wanted in the order of creation
 * @param present the services of the application in Swarm
 * @param networkNames of Swarm's ids of networks: its records name them by these
 */
export function planDeploy(
  wanted: readonly SwarmServiceSpec[],
  present: readonly ClusterService[],
  networkNames: ReadonlyMap<string, string> = new Map(),
): readonly DeployStep[] {
  const byName = new Map(present.map((service) => [service.swarmName, service]))
  const names = new Set(wanted.map(({ Name }) => Name))
  const steps = wanted.map((spec): DeployStep => {
    const service = spec.Labels?.[clusterLabel.service] ?? spec.Name
    const from = byName.get(spec.Name)
    if (from === undefined) return { kind: 'create', service, spec }
    // Where it may run at the moment is no part of what is deployed.
    const before = withBars(withNetworkNames(from.spec, networkNames), [])
    const after = withBars(spec, [])
    const changes = describeChanges(before, after)
    const counts = describeCounts(from.spec, spec)
    if (labelOf(from.spec, clusterLabel.spec) !== labelOf(spec, clusterLabel.spec)) {
      const told = changes.length === 0 ? ['settings'] : changes
      const isRolling =
        !isSame(withoutDefaults(before.TaskTemplate), withoutDefaults(after.TaskTemplate)) ||
        !isSame(before.EndpointSpec?.Ports, spec.EndpointSpec?.Ports)
      return { kind: 'update', service, spec, from, changes: [...told, ...counts], isRolling }
    }
    return counts.length === 0
      ? { kind: 'keep', service, spec, from }
      : { kind: 'scale', service, spec, from, changes: counts }
  })
  const orphans = present
    .filter(({ swarmName }) => !names.has(swarmName))
    .map((from): DeployStep => ({ kind: 'remove', service: from.name, from }))
  return [...steps, ...orphans]
}

/**
 * How many are to be active. While the file says what it said before, what clients and operators have set since stays: deploying the same file
 * again is no reason to take an instance away from who uses it.
 * @param declared by the file
 */
export function activeOf(declared: number, present: ClusterService | undefined): number {
  const labels = present?.spec.Labels ?? {}
  const active = labels[clusterLabel.active]
  return active !== undefined && labels[clusterLabel.declared] === String(declared)
    ? Number(active)
    : declared
}

/** Lines for a person: `+ create climate: 2 active, shoal/climate:1`. */
export function renderDeployPlan(
  application: string,
  steps: readonly DeployStep[],
  objects: readonly ObjectStep[] = [],
): string {
  const made = objects.filter(({ kind }) => kind === 'create')
  const removed = objects.filter(({ kind }) => kind === 'remove')
  return [
    `${application}:`,
    ...made.map(({ object, name }) => `  + create ${object} ${name}`),
    ...steps.map(renderStep),
    ...removed.map(({ object, name }) => `  - remove ${object} ${name}: nothing uses it`),
  ].join('\n')
}

function renderStep(step: DeployStep): string {
  switch (step.kind) {
    case 'create':
      return `  + create ${step.service}: ${countsOf(step.spec)}, ${labelOf(step.spec, clusterLabel.stackImage)}`
    case 'update':
      return `  ~ update ${step.service}: ${step.changes.join(', ')}`
    case 'scale':
      return `  ~ scale  ${step.service}: ${step.changes.join(', ')}`
    case 'remove':
      return `  - remove ${step.service}: the file no longer has it`
    case 'keep':
      return `  = keep   ${step.service}`
  }
}

function countsOf(spec: SwarmServiceSpec): string {
  if (spec.Mode.Global !== undefined) return 'one on each node'
  const standby = Number(labelOf(spec, clusterLabel.standby))
  return `${labelOf(spec, clusterLabel.active)} active${standby > 0 ? `, ${standby} on standby` : ''}`
}

function describeCounts(from: SwarmServiceSpec, to: SwarmServiceSpec): readonly string[] {
  return ([clusterLabel.active, clusterLabel.standby] as const).flatMap((label) => {
    const [before, after] = [labelOf(from, label), labelOf(to, label)]
    const word = label === clusterLabel.active ? 'active' : 'standby'
    return before === after ? [] : [`${word} ${before === '' ? 'unknown' : before} → ${after}`]
  })
}

/** What a person would call the difference; members of the spec that have no better word are named as Swarm names them. */
function describeChanges(from: SwarmServiceSpec, to: SwarmServiceSpec): readonly string[] {
  const [before, after] = [from.TaskTemplate.ContainerSpec, to.TaskTemplate.ContainerSpec]
  const changes: string[] = []
  if (before.Image !== after.Image)
    changes.push(`image ${shortImage(before.Image)} → ${shortImage(after.Image)}`)
  const [oldEnv, newEnv] = [new Set(before.Env ?? []), new Set(after.Env ?? [])]
  const variables = new Set(
    [...oldEnv, ...newEnv]
      .filter((line) => oldEnv.has(line) !== newEnv.has(line))
      .map((line) => line.split('=', 1)[0] ?? ''),
  )
  for (const variable of variables) changes.push(`environment ${variable}`)
  const words: Readonly<Record<string, string>> = {
    Command: 'entrypoint',
    Args: 'command',
    Mounts: 'volumes',
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === 'Image' || key === 'Env' || (key === 'Isolation' && before[key] === 'default')) continue
    if (!isSame(before[key], after[key])) changes.push(words[key] ?? key.toLowerCase())
  }
  for (const key of ['Resources', 'Placement', 'RestartPolicy', 'Networks', 'LogDriver'] as const) {
    if (!isSame(from.TaskTemplate[key], to.TaskTemplate[key])) changes.push(key.toLowerCase())
  }
  if (!isSame(from.EndpointSpec?.Ports, to.EndpointSpec?.Ports)) changes.push('ports')
  return changes
}

/** Swarm resolves the names of networks when a service is created. */
function withNetworkNames(spec: SwarmServiceSpec, names: ReadonlyMap<string, string>): SwarmServiceSpec {
  const { Networks } = spec.TaskTemplate
  if (Networks === undefined) return spec
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      Networks: Networks.map((network) => ({
        ...network,
        Target: names.get(network.Target) ?? network.Target,
      })),
    },
  }
}

/** What Swarm adds to a record of its own accord. */
function withoutDefaults(task: SwarmServiceSpec['TaskTemplate']): object {
  const { ContainerSpec, Runtime, ...rest } = task
  const { Isolation, ...container } = ContainerSpec
  return {
    ...rest,
    ContainerSpec: container,
    ...(Runtime === 'container' ? {} : { Runtime }),
    ...(Isolation === 'default' ? {} : { Isolation }),
  }
}

/** Swarm fills in what was left out: nothing, empty and zero are the same. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b))
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normal)
  if (typeof value !== 'object' || value === null) return value === 0 || value === '' ? undefined : value
  const members = Object.entries(value)
    .map(([key, member]): [string, unknown] => [key, normal(member)])
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** Tag and the first digits of the digest. */
function shortImage(image: string): string {
  const [name = '', digest] = image.split('@sha256:')
  const plain = name.slice(name.lastIndexOf('/') + 1)
  return digest === undefined ? plain : `${plain}@${digest.slice(0, 12)}`
}

function labelOf(spec: SwarmServiceSpec, label: string): string {
  return spec.Labels?.[label] ?? ''
}
