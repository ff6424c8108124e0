// What Swarm says of a node.
import type { ClusterNode, GenericResource } from '../model/cluster/node.ts'
import { goArchitecture } from './platform.ts'
import { asArray, asNumber, asRecord, asText, asTextMap, asVersion, type WireRecord } from './wire.ts'

const states: readonly ClusterNode['state'][] = ['ready', 'down', 'disconnected', 'unknown']
const availabilities: readonly ClusterNode['availability'][] = ['active', 'pause', 'drain']

/** From an entry of `GET /nodes`. */
export function nodeOf(wire: WireRecord): ClusterNode {
  const spec = asRecord(wire.Spec)
  const status = asRecord(wire.Status)
  const description = asRecord(wire.Description)
  const platform = asRecord(description.Platform)
  const resources = asRecord(description.Resources)
  const engine = asRecord(description.Engine)
  return {
    id: asText(wire.ID),
    version: asVersion(wire.Version),
    name: asText(description.Hostname),
    role: spec.Role === 'manager' ? 'manager' : 'worker',
    state: states.find((state) => state === status.State) ?? 'unknown',
    availability: availabilities.find((availability) => availability === spec.Availability) ?? 'active',
    address: addressOf(asText(status.Addr), asText(asRecord(wire.ManagerStatus).Addr)),
    os: asText(platform.OS),
    architecture: goArchitecture(asText(platform.Architecture)),
    machine: asText(platform.Architecture),
    cpus: asNumber(resources.NanoCPUs) / nanoCpusInCpu,
    memoryBytes: asNumber(resources.MemoryBytes),
    labels: asTextMap(spec.Labels),
    engineLabels: asTextMap(engine.Labels),
    genericResources: asArray(resources.GenericResources).flatMap((entry) =>
      genericResourceOf(asRecord(entry)),
    ),
    plugins: asArray(engine.Plugins)
      .map(asRecord)
      .map(({ Type, Name }) => `${asText(Type)}/${asText(Name)}`),
    engineVersion: asText(engine.EngineVersion),
    message: asText(status.Message),
  }
}

const nanoCpusInCpu = 1e9

/** A manager that reaches itself over loopback says so; the others reach it where its control port is. */
function addressOf(address: string, managerAuthority: string): string {
  const isElsewhere =
    address !== '' && address !== '0.0.0.0' && address !== '::' && !address.startsWith('127.')
  if (isElsewhere || managerAuthority === '') return address
  return managerAuthority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

/** `{"NamedResourceSpec": {"Kind": "gpio", "Value": "fuse"}}` or `{"DiscreteResourceSpec": {"Kind": "ssd", "Value": 3}}` */
export function genericResourceOf(wire: WireRecord): GenericResource[] {
  const named = asRecord(wire.NamedResourceSpec)
  if (asText(named.Kind) !== '') return [{ kind: asText(named.Kind), value: asText(named.Value) }]
  const discrete = asRecord(wire.DiscreteResourceSpec)
  if (asText(discrete.Kind) !== '') return [{ kind: asText(discrete.Kind), count: asNumber(discrete.Value) }]
  return []
}
