// Every key that the Compose specification knows for a service, and what is made of it.

import { type Section, withCluster } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { clusterServiceKeys } from './cluster/service-keys.ts'
import { deviceKeys } from './device-keys.ts'
import { imageKeys } from './image-keys.ts'
import { limitKeys } from './limit-keys.ts'
import { networkKeys } from './network-keys.ts'
import { privilegeKeys } from './privilege-keys.ts'
import { processKeys } from './process-keys.ts'
import { refusedKeys } from './refused-keys.ts'

export const serviceSection: Section<ServiceDraft> = {
  extensible: true,
  misplaced: {
    replicas: 'deploy.replicas',
    resources: 'deploy.resources',
    limits: 'deploy.resources.limits',
    placement: 'deploy.placement',
    restart_policy: 'deploy.restart_policy',
    memory: 'deploy.resources.limits.memory, or is called mem_limit here',
    coap: 'x-shoal.coap',
    ready: 'x-shoal.ready',
    needs: 'x-shoal.needs',
    standby: 'x-shoal.standby',
  },
  keys: withCluster(
    {
      ...imageKeys,
      ...processKeys,
      ...networkKeys,
      ...deviceKeys,
      ...limitKeys,
      ...privilegeKeys,
      ...refusedKeys,
    },
    clusterServiceKeys,
  ),
}
