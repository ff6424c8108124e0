// What Swarm says of a service.
import { clusterLabel } from '../model/cluster/labels.ts'
import type { ClusterService, UpdateState } from '../model/cluster/service.ts'
import type { SwarmServiceSpec } from '../model/swarm-service-spec.ts'
import { asRecord, asText, asTextMap, asTimeMs, asVersion, type WireRecord } from './wire.ts'

/** From an entry of `GET /services`. */
export function serviceOf(wire: WireRecord): ClusterService {
  const spec = asRecord(wire.Spec)
  const labels = asTextMap(spec.Labels)
  const swarmName = asText(spec.Name)
  const application = labels[clusterLabel.application] ?? labels[clusterLabel.stack]
  return {
    id: asText(wire.ID),
    version: asVersion(wire.Version),
    swarmName,
    application,
    name: labels[clusterLabel.service] ?? withoutStack(swarmName, application),
    // Swarm validates what it stores, and hands it out in the Engine API's own shape.
    spec: spec as unknown as SwarmServiceSpec,
    hasPreviousSpec: Object.keys(asRecord(wire.PreviousSpec)).length > 0,
    update: updateOf(asRecord(wire.UpdateStatus)),
    createdAtMs: asTimeMs(wire.CreatedAt),
    changedAtMs: asTimeMs(wire.UpdatedAt),
  }
}

const updateStates: readonly UpdateState[] = [
  'updating',
  'paused',
  'completed',
  'rollback_started',
  'rollback_paused',
  'rollback_completed',
]

function updateOf(wire: WireRecord): ClusterService['update'] {
  const state = updateStates.find((known) => known === wire.State)
  if (state === undefined) return undefined
  return { state, message: asText(wire.Message), startedAtMs: asTimeMs(wire.StartedAt) }
}

/** `docker stack` names its services `STACK_SERVICE` and labels them with the stack alone. */
function withoutStack(swarmName: string, stack: string | undefined): string {
  return stack !== undefined && swarmName.startsWith(`${stack}_`)
    ? swarmName.slice(stack.length + 1)
    : swarmName
}
