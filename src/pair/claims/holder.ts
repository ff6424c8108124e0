// Who holds a device of the machine: instances of pair mode by their label, containers of the cluster by what Swarm gave them. Pure.
import type { ContainerDetails, ContainerPhase, ContainerSummary } from '../../engine/container-answers.ts'
import { deviceIdOf } from '../../model/devices/device.ts'
import { findInstance } from '../instance.ts'
import { claimsLabel, parseClaims } from './claim.ts'

export interface Holder {
  /** Id of the device. */
  readonly device: string
  /** For people: `instance climate/sensing.1`. */
  readonly name: string
  /** What takes it away, where one command does. */
  readonly release: string | undefined
  readonly containerId: string
  readonly createdAtMs: number
  /** Whether it may be using the device already; one that is only created has not begun. */
  readonly isStarted: boolean
}

/** Ids of devices that containers of the cluster hold, by the container's id. */
export type ClusterClaims = ReadonlyMap<string, readonly string[]>

/** One that has ended uses nothing; it gets its device again by a run. */
const holding: readonly ContainerPhase[] = ['created', 'running', 'paused', 'restarting']

/** Everyone's holds, in the order of the containers. */
export function holdersOf(containers: readonly ContainerSummary[], cluster: ClusterClaims): Holder[] {
  return containers
    .filter(({ state }) => holding.includes(state))
    .flatMap((container) => {
      const { id, name, createdAtMs, state, labels } = container
      const found = findInstance(container)
      const ofCluster = cluster.get(id) ?? []
      const devices = [...ofCluster, ...parseClaims(labels[claimsLabel]).map(({ device }) => device)]
      return devices.map((device) => ({
        device,
        name: found === undefined ? `container ${name}` : `instance ${found.id}`,
        release: found?.id,
        containerId: id,
        createdAtMs,
        // Swarm starts what it has created, whoever else is there.
        isStarted: state !== 'created' || ofCluster.length > 0,
      }))
    })
}

/** The containers that have to be asked for what Swarm gave them. */
export function clusterContainers(containers: readonly ContainerSummary[]): readonly ContainerSummary[] {
  return containers.filter(
    ({ state, labels }) => holding.includes(state) && labels['com.docker.swarm.task.id'] !== undefined,
  )
}

/** Ids of devices: Swarm writes `DOCKER_RESOURCE_HUMIDITY=dht11-kitchen`, several with commas. */
export function devicesOfEnvironment({ environment }: Pick<ContainerDetails, 'environment'>): string[] {
  const values = environment.flatMap((line) => {
    const [, value] = /^DOCKER_RESOURCE_[^=]+=(.*)$/s.exec(line) ?? []
    return value === undefined ? [] : value.split(',')
  })
  return [...new Set(values.filter((value) => value !== '').map(deviceIdOf))]
}
