// The keys below `deploy` that only a cluster gives a meaning.
import type { ClusterRestart } from '../../../cluster/settings.ts'
import type { Findings } from '../../findings.ts'
import type { Located } from '../../located.ts'
import { readRecord } from '../../read-key-values.ts'
import {
  readBytes,
  readDuration,
  readHonoured,
  readList,
  readNumber,
  readOneOf,
  readPattern,
  readWhole,
} from '../../read-value.ts'
import { honoured, nested, type Patch, type Rule, readSection, refused, type Section } from '../../section.ts'
import type { Deploy, Reservations } from '../deploy-draft.ts'
import { placementSection } from './placement.ts'
import { rollbackSection, updateSection } from './update-config.ts'

interface Discrete {
  readonly kind: string
  readonly count: number
}

const discreteSection: Section<Discrete> = {
  extensible: true,
  keys: {
    kind: honoured('what the node gives, as its engine names it', 'kind', readPattern(/^[\w-]+$/, 'a word')),
    value: honoured('how many of it', 'count', readWhole(1)),
  },
}

interface GenericResource {
  readonly spec: Patch<Discrete>
}

export const genericResourceSection: Section<GenericResource> = {
  extensible: true,
  keys: { discrete_resource_spec: nested('kind and value, below', 'spec', discreteSection) },
}

export const clusterReservationKeys: Readonly<Record<string, Rule<Reservations>>> = {
  cpus: honoured(
    'CPUs that a node must have free for one instance',
    'cpus',
    readNumber({ min: 0, max: 4096 }),
  ),
  memory: honoured('memory that a node must have free for one instance', 'memoryBytes', readBytes),
  generic_resources: honoured(
    'what a node must have free of its generic resources for one instance, below',
    'generic',
    readList(readGeneric),
    { '[]': genericResourceSection },
  ),
  devices: refused('Swarm has a driver for GPUs alone behind it'),
}

interface RestartDraft {
  readonly condition: ClusterRestart['condition']
  readonly delayMs: number
  readonly maxAttempts: number
  readonly windowMs: number
}

export const clusterRestartSection: Section<RestartDraft> = {
  extensible: true,
  keys: {
    condition: honoured(
      'none, on-failure or any (if left out)',
      'condition',
      readOneOf('none', 'on-failure', 'any'),
    ),
    delay: honoured('time until an ended instance is replaced; left out, none', 'delayMs', readDuration),
    max_attempts: honoured(
      'replacements until Swarm gives up; left out or 0, never',
      'maxAttempts',
      readWhole(0),
    ),
    window: honoured('time in which they are counted; left out, all the time', 'windowMs', readDuration),
  },
}

export const clusterDeployKeys: Readonly<Record<string, Rule<Deploy>>> = {
  replicas: honoured('instances that are to be active', 'replicas', readWhole(0, 10_000)),
  mode: honoured(
    'replicated (if left out), or global: one instance on each node that fits',
    'mode',
    readHonoured(['replicated', 'global'], {
      pattern: /^(replicated-job|global-job)$/,
      reason: 'services go on until they are removed',
    }),
  ),
  labels: honoured('labels of the Swarm service', 'labels', readRecord),
  endpoint_mode: honoured(
    'dnsrr (if left out): on networks of the application a name leads to the instances themselves; vip: to one address that the kernel’s IPVS shares out, which loses UDP when an instance moves',
    'endpointMode',
    readOneOf('vip', 'dnsrr'),
  ),
  placement: nested('which nodes may run it, below', 'placement', placementSection),
  restart_policy: honoured('what Swarm does when an instance ends, below', 'clusterRestart', readRestart, {
    '': clusterRestartSection,
  }),
  update_config: nested('how a change rolls over the instances, below', 'update', updateSection),
  rollback_config: nested('how a change is taken back, below', 'rollback', rollbackSection),
}

function readRestart(value: Located, findings: Findings): ClusterRestart {
  const {
    condition = 'any',
    delayMs = 0,
    maxAttempts,
    windowMs,
  } = readSection(clusterRestartSection, value, findings)
  return { condition, delayMs, maxAttempts: maxAttempts || undefined, windowMs }
}

function readGeneric(value: Located, findings: Findings): Discrete | undefined {
  const { spec } = readSection(genericResourceSection, value, findings)
  if (spec?.kind !== undefined) return { kind: spec.kind, count: spec.count ?? 1 }
  findings.problem(value.place, 'discrete_resource_spec with kind and value is missing')
  return undefined
}
