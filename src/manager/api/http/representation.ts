// Nodes, devices, services, events and catalogue entries in the form that the HTTP API shows.
import type { CatalogueEntryAnswer } from '../../../model/api/catalogue.ts'
import type { PlanAnswer } from '../../../model/api/deployment.ts'
import type { DeviceAnswer } from '../../../model/api/device.ts'
import type { EventAnswer } from '../../../model/api/event.ts'
import type { ExplanationAnswer } from '../../../model/api/explanation.ts'
import type { NodeAnswer } from '../../../model/api/node.ts'
import type { InstanceAnswer, ServiceAnswer } from '../../../model/api/service.ts'
import type { ClusterEvent } from '../../../model/cluster/event.ts'
import { clusterLabel } from '../../../model/cluster/labels.ts'
import type { ClusterNode } from '../../../model/cluster/node.ts'
import type { ClusterService } from '../../../model/cluster/service.ts'
import type { ClusterSnapshot } from '../../../model/cluster/snapshot.ts'
import type { InstanceView, Liveness, ServiceView } from '../../../model/cluster/views.ts'
import { renderEndpoint } from '../../../model/endpoint.ts'
import { explainService } from '../../../placement/explain-service.ts'
import type { CatalogueEntry } from '../../catalogue.ts'
import { listDevices } from '../../devices/list-devices.ts'
import type { DeployPlan } from '../../swarm/application-planner.ts'
import { isWanted } from '../../views.ts'

export function representNode(
  node: ClusterNode,
  { instances }: Pick<ClusterSnapshot, 'instances'>,
  liveness: Pick<Liveness, 'hasAgent' | 'isAway' | 'troubleOf'>,
): NodeAnswer {
  const awayLabel = node.labels[clusterLabel.away]
  const { missingImages, problems } = liveness.troubleOf(node.id)
  const isAway = awayLabel !== undefined || liveness.isAway(node.id)
  return {
    id: node.id,
    name: node.name,
    role: node.role,
    state: isAway ? 'away' : node.state,
    awaySince: timeOf(awayLabel),
    availability: node.availability,
    address: node.address,
    os: node.os,
    architecture: node.architecture,
    cpus: node.cpus,
    memoryBytes: node.memoryBytes,
    instances: instances.filter((instance) => instance.nodeId === node.id && isWanted(instance)).length,
    hasAgent: liveness.hasAgent(node.id),
    engineVersion: node.engineVersion,
    labels: { ...node.labels },
    genericResources: node.genericResources.map((resource) => ({ ...resource })),
    message: node.message,
    missingImages: [...missingImages],
    problems: [...problems],
  }
}

export function representDevices(
  snapshot: ClusterSnapshot,
  liveness: Pick<Liveness, 'devicesOf' | 'hasAgent' | 'isAway'>,
): DeviceAnswer[] {
  const isHeard = (node: string): boolean => liveness.hasAgent(node) && !liveness.isAway(node)
  return listDevices(snapshot, (node) => liveness.devicesOf(node), isHeard).map(
    ({ id, node, capability, isPresent = null, absence, isOffered, shared, holders, paths }) => ({
      id,
      node,
      capability,
      present: isPresent,
      absence,
      offered: isOffered,
      shared,
      claimedBy: [...holders],
      paths: [...paths],
    }),
  )
}

export function representService(view: ServiceView, snapshot: ClusterSnapshot): ServiceAnswer {
  const slots = new Map(snapshot.instances.map(({ id, slot }) => [id, slot]))
  return {
    application: view.application,
    service: view.service,
    name: view.name,
    state: view.state,
    active: view.active,
    standby: view.standby,
    image: view.image,
    speaksCoap: view.speaksCoap,
    instances: view.instances.map((instance) => representInstance(instance, slots.get(instance.id) ?? 0)),
  }
}

function representInstance(instance: InstanceView, slot: number): InstanceAnswer {
  const { id, node = null, state, endpoint, reason, sinceMs, image, claims } = instance
  return {
    id,
    slot,
    node,
    state,
    endpoint: endpoint === undefined ? null : renderEndpoint(endpoint),
    reason,
    since: new Date(sinceMs).toISOString(),
    image,
    claims: claims.map((claim) => ({ ...claim })),
  }
}

export function representEvent({ id, atMs, kind, subject, text }: ClusterEvent): EventAnswer {
  return { id, at: new Date(atMs).toISOString(), kind, subject, text }
}

export function representEntry({
  name,
  application,
  request,
  addedAtMs,
}: CatalogueEntry): CatalogueEntryAnswer {
  return {
    name,
    services: application.services.map((service) => service.name),
    fileName: request.fileName,
    addedAt: new Date(addedAtMs).toISOString(),
  }
}

export function representPlan({ application, steps, objects, warnings, text }: DeployPlan): PlanAnswer {
  return {
    application,
    steps: steps.map((step) => ({
      kind: step.kind,
      service: step.service,
      changes: step.kind === 'update' || step.kind === 'scale' ? [...step.changes] : [],
    })),
    objects: objects.map(({ kind, object, name }) => ({ kind, object, name })),
    warnings: [...warnings],
    text,
  }
}

export function representExplanation(
  service: ClusterService,
  snapshot: ClusterSnapshot,
  devicesOf: Liveness['devicesOf'],
): ExplanationAnswer {
  const { verdicts, troubles, text } = explainService(service, snapshot, devicesOf)
  return {
    service: `${service.application}/${service.name}`,
    nodes: verdicts.map(({ node, reasons }) => ({
      node: node.name,
      able: reasons.length === 0,
      reasons: [...reasons],
    })),
    troubles: troubles.map(({ instance, kind, node = null, reason }) => ({ instance, kind, node, reason })),
    text,
  }
}

/** A label is anybody's text: what is no time is left out. */
function timeOf(text: string | undefined): string | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}
