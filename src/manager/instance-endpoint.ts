// Where an instance answers CoAP: the address of its node, and the port that the Engine gave it there.
import type { ClusterInstance } from '../model/cluster/instance.ts'
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterNode } from '../model/cluster/node.ts'
import type { ClusterService } from '../model/cluster/service.ts'
import type { Endpoint } from '../model/endpoint.ts'

/** @returns undefined where the service does not speak CoAP, or the port is not known yet */
export function instanceEndpoint(
  instance: ClusterInstance,
  { spec }: Pick<ClusterService, 'spec'>,
  node: Pick<ClusterNode, 'address'> | undefined,
): Endpoint | undefined {
  const labels = spec.Labels ?? {}
  const coapPort = Number(labels[clusterLabel.coapPort] ?? 0)
  if (coapPort === 0 || node === undefined || node.address === '') return undefined
  if (labels[clusterLabel.network] === 'host') return { host: node.address, port: coapPort }
  const published = instance.ports.find(
    ({ containerPort, protocol }) => containerPort === coapPort && protocol === 'udp',
  )
  return published === undefined ? undefined : { host: node.address, port: published.hostPort }
}
