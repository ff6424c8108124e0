// The keys at the top of a Compose file.
import type { Findings } from '../findings.ts'
import { type Located, pathOfKey } from '../located.ts'
import { expected, readPattern, readTextOrNumber, readUnlessNothing } from '../read-value.ts'
import { checked, honoured, type Rule, refused, type Section, withCluster } from '../section.ts'
import { configSection, type Files, readFiles, secretSection } from './cluster/files.ts'
import { type Networks, networkSection, readNetworks } from './cluster/networks.ts'
import { serviceSection } from './service-keys.ts'
import { readVolumes, type Volumes, volumeSection } from './volumes.ts'

export interface ApplicationDraft {
  readonly name: string
  readonly services: ReadonlyMap<string, Located>
  readonly volumes: Volumes
  /** The rest in cluster mode alone. */
  readonly networks: Networks
  readonly secrets: Files
  readonly configs: Files
}

const noFiles = 'files from here are not on the device'

const clusterKeys: Readonly<Record<string, Rule<ApplicationDraft>>> = {
  volumes: honoured(
    'named volumes, each with the keys below; every node has its own, and shoal rm leaves them',
    'volumes',
    readUnlessNothing(readVolumes),
    { '.NAME': volumeSection },
  ),
  networks: honoured(
    'overlay networks, each with the keys below',
    'networks',
    readUnlessNothing(readNetworks),
    {
      '.NAME': networkSection,
    },
  ),
  secrets: honoured(
    'secrets, each with the keys below',
    'secrets',
    readUnlessNothing(readFiles(secretSection)),
    {
      '.NAME': secretSection,
    },
  ),
  configs: honoured(
    'configs, each with the keys below',
    'configs',
    readUnlessNothing(readFiles(configSection)),
    {
      '.NAME': configSection,
    },
  ),
}

export const applicationSection: Section<ApplicationDraft> = {
  extensible: true,
  misplaced: { image: 'services.NAME', ports: 'services.NAME', environment: 'services.NAME' },
  keys: withCluster<ApplicationDraft>(
    {
      version: checked('obsolete, as in Compose: changes nothing', readTextOrNumber),
      name: honoured(
        'name of the application; left out, COMPOSE_PROJECT_NAME, else the name of the file’s folder',
        'name',
        readPattern(/^[a-z0-9][a-z0-9_-]*$/, 'a name of small letters, digits, _ and -'),
      ),
      services: honoured('the services, each with the keys below', 'services', readServices, {
        '.NAME': serviceSection,
      }),
      volumes: honoured(
        'named volumes, each with the keys below; every device has its own, and shoal pair rm leaves them',
        'volumes',
        readUnlessNothing(readVolumes),
        { '.NAME': volumeSection },
      ),
      networks: refused(
        'on a device all services of the application share one network: leave networks out, or use network_mode',
      ),
      configs: refused(`${noFiles}: mount a path of the device under volumes`),
      secrets: refused(`${noFiles}: mount a path of the device under volumes, or use environment`),
      include: refused('one file is read: put the services of the other into this one'),
      models: refused('it runs containers and no language models'),
      'x-shoal': refused('it stands under a service'),
    },
    clusterKeys,
  ),
}

/** Service names become parts of container names and of host names. */
function readServices(value: Located, findings: Findings): ReadonlyMap<string, Located> | undefined {
  if (value.kind !== 'map') return expected(value, findings, 'a map of services')
  const services = new Map<string, Located>()
  for (const [name, entry] of value.entries) {
    if (/^[a-zA-Z0-9._-]+$/.test(name)) services.set(name, entry.value)
    else
      findings.problem(
        { ...entry.key, path: pathOfKey(value.place.path, name) },
        'a service is named by letters, digits, . _ -',
      )
  }
  if (value.entries.size === 0) findings.problem(value.place, 'no service stands here')
  return services
}
