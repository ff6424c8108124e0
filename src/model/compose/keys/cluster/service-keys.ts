// Keys of a service that cluster mode takes differently: what Swarm carries, and what it cannot grant.
import { readKeyValues } from '../../read-key-values.ts'
import { readHonoured, readList } from '../../read-value.ts'
import { honoured, type Rule, refused } from '../../section.ts'
import type { ServiceDraft } from '../../service-draft.ts'
import { dependencySection, readDependsOn } from '../depends-on.ts'
import { deploySection, readDeploy } from '../deploy.ts'
import { deviceSection, readDevice } from '../device.ts'
import { readClusterPullPolicy, readImage, readPlatform } from '../image.ts'
import { loggingSection, readLogging } from '../logging.ts'
import { mountSection, readMount } from '../mounts.ts'
import { namespaceSharing } from '../namespace-sharing.ts'
import { portSection, readExposed, readPorts } from '../ports.ts'
import { readRestart } from '../restart.ts'
import { readTmpfs } from '../tmpfs.ts'
import { fileUseSection, readFileUses } from './files.ts'
import { networkUseSection, readNetworkUses } from './networks.ts'

/** Ends each refusal of what a container may not have under Swarm. */
const pairCan = 'Swarm cannot grant it; pair mode can'
const noShare = 'Swarm does not carry it: use cpus, mem_limit and deploy.resources'

export const clusterServiceKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  image: honoured(
    'image of the service; the nodes fetch it, by its digest, from the manager’s registry or the one that it names',
    'image',
    readImage,
  ),
  platform: honoured('os/arch[/variant] of the nodes that may run it', 'platform', readPlatform),
  pull_policy: honoured(
    'missing (if left out) or always: each deployment looks up the digest, and nodes fetch what they lack; other values are refused',
    'pullPolicy',
    readClusterPullPolicy,
  ),
  container_name: refused('Swarm names the containers of instances: leave it out'),
  scale: refused('it stands under deploy.replicas'),
  deploy: honoured('how many, where, with how much, and how they change, below', 'deploy', readDeploy, {
    '': deploySection,
  }),

  labels: honoured(
    'labels of the containers, map or list; com.docker.compose.…, com.docker.stack.…, com.docker.swarm.… and shoal.… are kept for the tools',
    'labels',
    readKeyValues,
  ),
  domainname: refused('Swarm does not carry it: write it into hostname'),
  restart: honoured(
    'always or unless-stopped (if left out: an ended instance is replaced at once), no, on-failure or on-failure:N',
    'restart',
    readRestart,
  ),
  logging: honoured(
    'log driver, below; left out, json-file with three files of 1 MiB an instance',
    'logging',
    readLogging,
    { '': loggingSection },
  ),
  depends_on: honoured('services that are created before this one, below', 'dependsOn', readDependsOn, {
    '.NAME': dependencySection,
  }),
  attach: refused('no service is attached to: shoal logs shows what it writes'),

  networks: honoured(
    'overlay networks that the service is on, a list or a map; left out, the application’s own where it has several services',
    'networks',
    readNetworkUses,
    { '.NAME': networkUseSection },
  ),
  network_mode: honoured(
    'host, the node’s own network, where ports are the node’s own, and where one instance with CoAP fits on a node; or bridge, the node’s bridge, without the other services',
    'network',
    readHonoured(['bridge', 'host'], {
      pattern: new RegExp(`^none$|${namespaceSharing.pattern.source}`),
      reason: 'Swarm puts instances on overlay networks, on the node’s bridge or on its own network (host)',
    }),
  ),
  ports: honoured(
    'ports of the node that runs the instance, short or long syntax; without a port of the node the Engine chooses one; a range to choose from is refused',
    'ports',
    readPorts,
    { '[]': portSection },
  ),
  expose: honoured(
    'documents ports; on networks of the application every port is reached; with network_mode host, 5683/udp is taken for CoAP',
    'exposed',
    readExposed,
  ),
  links: refused('services of one application reach each other by name: for the order use depends_on'),

  secrets: honoured('secrets as files below /run/secrets, short or long syntax', 'secrets', readFileUses, {
    '[]': fileUseSection,
  }),
  configs: honoured('configs as files, short or long syntax', 'configs', readFileUses, {
    '[]': fileUseSection,
  }),
  volumes: honoured(
    'absolute paths of the node, which must be there, and named volumes, which each node has for itself, short or long syntax; a relative path is refused',
    'mounts',
    readList(readMount, { unique: true }),
    { '[]': mountSection },
  ),
  tmpfs: honoured('memory as folders: PATH[:OPTIONS], with size=… and mode=… alone', 'tmpfs', readTmpfs),
  use_api_socket: refused(
    'mount /var/run/docker.sock of the node under volumes, and mind that it is root on the node',
  ),

  devices: honoured(
    'paths of character devices, SOURCE[:TARGET][:rwm], or the map as in pair mode: an instance runs where a node has each of them in its inventory and free, and holds it',
    'devices',
    readList(readDevice),
    { '[]': deviceSection },
  ),
  device_cgroup_rules: refused(
    'a rule claims no device: name it under devices, or its capability under x-shoal.needs',
  ),
  gpus: refused(pairCan),
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
  cpu_rt_period: refused(noShare),
  cpu_rt_runtime: refused(noShare),
  cpuset: refused(noShare),
  mem_reservation: refused('it stands under deploy.resources.reservations.memory'),
  memswap_limit: refused(noShare),
  mem_swappiness: refused(noShare),
  blkio_config: refused('Swarm does not carry it; pair mode can'),
  oom_kill_disable: refused('Swarm does not carry it; pair mode can'),
  oom_score_adj: refused('Swarm of Docker 20.10 does not carry it; pair mode can'),
  pull_refresh_after: refused('each deployment looks up the image anew, and nodes fetch what they lack'),
  provider: refused('instances run on the Engines of the nodes and nowhere else'),
}
