// Keys of a service that cluster mode takes differently: what Swarm carries, and what it cannot grant.
import { readHonoured } from '../../read-value.ts'
import { honoured, type Rule, refused } from '../../section.ts'
import type { ServiceDraft } from '../../service-draft.ts'
import { namespaceSharing } from '../namespace-sharing.ts'
import { fileUseSection, readFileUses } from './files.ts'
import { networkUseSection, readNetworkUses } from './networks.ts'

/** Ends each refusal of what a container may not have under Swarm. */
const pairCan = 'Swarm cannot grant it; pair mode can'
const noShare = 'Swarm does not carry it: use cpus and deploy.resources'

export const clusterServiceKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  networks: honoured(
    'overlay networks that the service is on; left out, the application’s own where it has several services',
    'networks',
    readNetworkUses,
    { '.NAME': networkUseSection },
  ),
  secrets: honoured('secrets as files below /run/secrets', 'secrets', readFileUses, { '[]': fileUseSection }),
  configs: honoured('configs as files', 'configs', readFileUses, { '[]': fileUseSection }),
  network_mode: honoured(
    'host: the node’s own network, where ports are the node’s own; anything else is left out or stands under networks',
    'network',
    readHonoured(['host'], {
      pattern: new RegExp(`^(bridge|none)$|${namespaceSharing.pattern.source}`),
      reason: 'Swarm puts instances on overlay networks, or on that of the node with host',
    }),
  ),
  container_name: refused('Swarm names the containers of instances'),
  scale: refused('it stands under deploy.replicas'),
  devices: refused(pairCan),
  device_cgroup_rules: refused(pairCan),
  privileged: refused(pairCan),
  security_opt: refused('Swarm of Docker 20.10 does not carry it; pair mode can'),
  pid: refused(pairCan),
  ipc: refused(pairCan),
  uts: refused(pairCan),
  userns_mode: refused(pairCan),
  cgroup: refused(pairCan),
  cgroup_parent: refused(pairCan),
  runtime: refused('an engine’s default runtime counts; pair mode can name another'),
  storage_opt: refused('Swarm does not carry it'),
  shm_size: refused('Swarm does not carry it: mount a tmpfs at /dev/shm under volumes'),
  cpu_shares: refused(noShare),
  cpu_quota: refused(noShare),
  cpu_period: refused(noShare),
  cpuset: refused(noShare),
  mem_reservation: refused('it stands under deploy.resources.reservations.memory'),
  memswap_limit: refused(noShare),
  mem_swappiness: refused(noShare),
  blkio_config: refused('Swarm does not carry it; pair mode can'),
  oom_kill_disable: refused('Swarm does not carry it; pair mode can'),
  oom_score_adj: refused('Swarm of Docker 20.10 does not carry it; pair mode can'),
  domainname: refused('Swarm does not carry it: write it into hostname'),
}
