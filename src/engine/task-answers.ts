// What Swarm says of an instance, which it calls a task.
import type { ClusterInstance, InstanceState, PublishedPort } from '../model/cluster/instance.ts'
import { genericResourceOf } from './node-answers.ts'
import { asArray, asNumber, asRecord, asText, asTimeMs, asVersion, type WireRecord } from './wire.ts'

const states: readonly InstanceState[] = [
  ...(['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'] as const),
  ...(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'] as const),
]

/** From an entry of `GET /tasks`. */
export function instanceOf(wire: WireRecord): ClusterInstance {
  const spec = asRecord(wire.Spec)
  const status = asRecord(wire.Status)
  const reservations = asRecord(asRecord(spec.Resources).Reservations)
  return {
    id: asText(wire.ID),
    serviceId: asText(wire.ServiceID),
    slot: asNumber(wire.Slot),
    nodeId: textOrNone(wire.NodeID),
    state: stateOf(status.State),
    desiredState: stateOf(wire.DesiredState),
    message: asText(status.Message),
    error: asText(status.Err),
    image: asText(asRecord(spec.ContainerSpec).Image),
    containerId: textOrNone(asRecord(status.ContainerStatus).ContainerID),
    ports: portsOf(asRecord(status.PortStatus)),
    createdAtMs: asTimeMs(wire.CreatedAt),
    changedAtMs: asTimeMs(status.Timestamp),
    specVersion: asVersion(wire.SpecVersion),
    claims: asArray(wire.GenericResources).flatMap((entry) => claimsOf(asRecord(entry))),
    reserved: {
      nanoCpus: asNumber(reservations.NanoCPUs),
      memoryBytes: asNumber(reservations.MemoryBytes),
    },
  }
}

function stateOf(value: unknown): InstanceState {
  return states.find((state) => state === value) ?? 'new'
}

function textOrNone(value: unknown): string | undefined {
  const text = asText(value)
  return text === '' ? undefined : text
}

/** The Engine lists a port once for each family of addresses that it is bound to. */
function portsOf(wire: WireRecord): PublishedPort[] {
  const ports = new Map<string, PublishedPort>()
  for (const { Protocol, TargetPort, PublishedPort } of asArray(wire.Ports).map(asRecord)) {
    const protocol = Protocol === 'udp' || Protocol === 'sctp' ? Protocol : 'tcp'
    const port = { containerPort: asNumber(TargetPort), hostPort: asNumber(PublishedPort), protocol } as const
    if (port.hostPort > 0) ports.set(`${port.containerPort} ${port.hostPort}/${protocol}`, port)
  }
  return [...ports.values()]
}

/** A claim of a number of things is that number, as text. */
function claimsOf(wire: WireRecord): { kind: string; value: string }[] {
  return genericResourceOf(wire).map((resource) => ({
    kind: resource.kind,
    value: 'value' in resource ? resource.value : String(resource.count),
  }))
}
