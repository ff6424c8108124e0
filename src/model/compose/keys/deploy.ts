// The key `deploy` of a service: how many, with how much, and what happens at an exit.
import type { RestartPolicy } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import {
  readBytes,
  readHonoured,
  readNumber,
  readOneOf,
  readUnlessNothing,
  readWhole,
} from '../read-value.ts'
import { checked, honoured, nested, readSection, refused, type Section, withCluster } from '../section.ts'
import { clusterDeployKeys, clusterReservationKeys } from './cluster/deploy.ts'
import type { Deploy, Limits, Reservations, Resources } from './deploy-draft.ts'

interface DeployRestart {
  readonly condition: 'none' | 'on-failure' | 'any'
  readonly maxAttempts: number
}

export const limitsSection: Section<Limits> = {
  extensible: true,
  keys: {
    cpus: honoured(
      'CPUs that one instance may use; 0 is no limit',
      'cpus',
      readNumber({ min: 0, max: 4096 }),
    ),
    memory: honoured('memory that one instance may use; 0 is no limit', 'memoryBytes', readBytes),
    pids: honoured('processes and threads that one instance may have; -1 is no limit', 'pids', readWhole(-1)),
  },
}

export const reservationsSection: Section<Reservations> = {
  extensible: true,
  keys: withCluster<Reservations>(
    {
      memory: honoured(
        'memory down to which the kernel presses one instance when the device runs short',
        'memoryBytes',
        readBytes,
      ),
      cpus: refused('nothing places instances by free CPUs: you name the device'),
      generic_resources: refused('nothing places instances by resources: name the device file under devices'),
      devices: refused(
        'the Engine has a driver for GPUs alone behind it: name the device file under devices',
      ),
    },
    clusterReservationKeys,
  ),
}

export const resourcesSection: Section<Resources> = {
  extensible: true,
  keys: {
    limits: nested('the most that one instance may use, below', 'limits', limitsSection),
    reservations: nested('what one instance should have, below', 'reservations', reservationsSection),
  },
}

export const deployRestartSection: Section<DeployRestart> = {
  extensible: true,
  keys: {
    condition: honoured(
      'none, on-failure or any (if left out)',
      'condition',
      readOneOf('none', 'on-failure', 'any'),
    ),
    max_attempts: honoured(
      'restarts until the Engine gives up; with on-failure only',
      'maxAttempts',
      readWhole(0),
    ),
    delay: refused('the Engine chooses the delay itself, from 100 ms, doubled each time'),
    window: refused('the Engine counts a restart as good after 10 s, whatever the file says'),
  },
}

export const deploySection: Section<Deploy> = {
  extensible: true,
  misplaced: { limits: 'deploy.resources.limits', reservations: 'deploy.resources.reservations' },
  keys: withCluster<Deploy>(
    {
      replicas: honoured(
        'instances of the service, over all devices together',
        'replicas',
        readWhole(0, 10_000),
      ),
      resources: nested('limits and reservations, below', 'resources', resourcesSection),
      restart_policy: honoured(
        'what the Engine does when an instance exits, below',
        'restart',
        readDeployRestart,
        { '': deployRestartSection },
      ),
      mode: checked(
        'replicated only: pair mode puts instances on the devices that you name',
        readHonoured(['replicated'], {
          pattern: /^(global|replicated-job|global-job)$/,
          reason: 'instances run on the devices that you name, as many as replicas says',
        }),
      ),
      labels: refused(
        'they are labels of a Swarm service, and there is none: use labels of the service itself',
      ),
      endpoint_mode: refused('nothing balances between instances: each has its own endpoint'),
      placement: refused('you name the devices yourself, with shoal pair run USER@HOST'),
      update_config: refused('updates are not rolled: shoal pair rm, then shoal pair run'),
      rollback_config: refused('updates are not rolled: shoal pair rm, then shoal pair run'),
    },
    clusterDeployKeys,
  ),
}

/** `deploy:` with nothing behind it is allowed. */
export const readDeploy = readUnlessNothing((value, findings) => readSection(deploySection, value, findings))

function readDeployRestart(value: Located, findings: Findings): RestartPolicy | undefined {
  const { condition = 'any', maxAttempts = 0 } = readSection(deployRestartSection, value, findings)
  if (condition !== 'on-failure' && maxAttempts > 0) {
    findings.problem(value.place, `max_attempts needs the condition on-failure, and it is ${condition}`)
  }
  const conditions = { none: 'no', 'on-failure': 'on-failure', any: 'always' } as const
  return { condition: conditions[condition], maxAttempts }
}
