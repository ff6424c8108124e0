// Which networks, secrets and configs of an application are to be made and removed. Pure.
import { clusterLabel } from '../../model/cluster/labels.ts'
import type { ClusterService } from '../../model/cluster/service.ts'
import type { ClusterFile, ClusterNetwork, ClusterObjects } from '../../model/cluster/settings.ts'
import { ShoalError } from '../../model/errors.ts'
import type { SwarmServiceSpec } from '../../model/swarm-service-spec.ts'

export type ObjectKind = 'network' | 'secret' | 'config'

/** One that Swarm has. */
export interface SwarmObject {
  readonly kind: ObjectKind
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

export type ObjectStep =
  | {
      readonly kind: 'create'
      readonly object: 'network'
      readonly name: string
      readonly network: ClusterNetwork
    }
  | {
      readonly kind: 'create'
      readonly object: 'secret' | 'config'
      readonly name: string
      readonly file: ClusterFile
    }
  | { readonly kind: 'remove'; readonly object: ObjectKind; readonly name: string; readonly id: string }

export const noObjects: ClusterObjects = Object.freeze({ networks: [], secrets: [], configs: [] })

/**
 * What is missing is made. What the file no longer has is removed, but for what a service as it is now uses: should its update fail, Swarm
 * goes back to that, and the next deployment removes it.
 * @param present all of the Swarm
 * @param services of the application, as they are
 * @throws ShoalError DEPLOY_INCOMPLETE for an external one that is not there
 */
export function planObjects(
  application: string,
  { networks, secrets, configs }: ClusterObjects,
  present: readonly SwarmObject[],
  services: readonly ClusterService[],
): readonly ObjectStep[] {
  const has = (kind: ObjectKind, name: string): boolean =>
    present.some((object) => object.kind === kind && object.name === name)
  const missingFiles = (kind: 'secret' | 'config', files: readonly ClusterFile[]): ObjectStep[] =>
    files
      .filter(({ name }) => !has(kind, name))
      .map((file) => {
        if (file.external) throw absent(kind, file.name)
        return { kind: 'create', object: kind, name: file.name, file }
      })
  const missingNetworks = networks
    .filter(({ name }) => !has('network', name))
    .map((network): ObjectStep => {
      if (network.external) throw absent('network', network.name)
      return { kind: 'create', object: 'network', name: network.name, network }
    })
  const wanted = new Set([
    ...networks.map(({ name }) => `network ${name}`),
    ...secrets.map(({ name }) => `secret ${name}`),
    ...configs.map(({ name }) => `config ${name}`),
  ])
  const used = new Set(services.flatMap(({ spec }) => usedBy(spec)))
  const removed = present
    .filter(
      ({ kind, id, name, labels }) =>
        labels[clusterLabel.stack] === application &&
        !wanted.has(`${kind} ${name}`) &&
        !used.has(id) &&
        !used.has(`${kind} ${name}`),
    )
    .map(({ kind, id, name }): ObjectStep => ({ kind: 'remove', object: kind, name, id }))
  return [
    ...missingNetworks,
    ...missingFiles('secret', secrets),
    ...missingFiles('config', configs),
    ...removed,
  ]
}

/** Ids of secrets and configs; of networks the id or, where Swarm was given it so, the name. */
function usedBy({ TaskTemplate: { ContainerSpec, Networks = [] } }: SwarmServiceSpec): string[] {
  const ids = (uses: unknown, key: string): string[] =>
    Array.isArray(uses) ? (uses as readonly Record<string, unknown>[]).map((use) => String(use[key])) : []
  return [
    ...Networks.flatMap(({ Target }) => [Target, `network ${Target}`]),
    ...ids(ContainerSpec.Secrets, 'SecretID'),
    ...ids(ContainerSpec.Configs, 'ConfigID'),
  ]
}

function absent(kind: ObjectKind, name: string): ShoalError {
  return new ShoalError('DEPLOY_INCOMPLETE', {
    action: 'use',
    object: `${kind} ${name}`,
    reason: 'it is external, and Swarm has none of that name',
    nextStep: `make it first: docker ${kind} create … on the manager, or leave external out`,
  })
}
