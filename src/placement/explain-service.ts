// Where a service of the cluster can run: the snapshot asked, judged and put into words.
import type { ClusterService } from '../model/cluster/service.ts'
import type { ClusterSnapshot } from '../model/cluster/snapshot.ts'
import type { DevicesOf } from './device-presence.ts'
import { explainBriefly, explainPlacement } from './explain.ts'
import { judgeNodes, type Verdict } from './judge-nodes.ts'
import { serviceName } from './occupancy.ts'
import { requirementsOf } from './requirements.ts'
import { type Trouble, troublesOf } from './troubles.ts'

export interface ServiceExplanation {
  readonly verdicts: readonly Verdict[]
  readonly troubles: readonly Trouble[]
  /** Several lines. */
  readonly text: string
  /** One line of at most so many bytes of UTF-8. */
  brief(maxBytes?: number): string
}

/**
 * While an instance waits, the question is where one more can run beside the others of the service. When none does, it is where
 * the service can run at all: its own instances do not stand in its way.
 * @param devicesOf which devices of a node are there, as its agent says
 */
export function explainService(
  service: ClusterService,
  snapshot: ClusterSnapshot,
  devicesOf: DevicesOf,
): ServiceExplanation {
  const troubles = troublesOf(service.id, snapshot)
  const isWaiting = troubles.some(({ kind }) => kind === 'waiting')
  const verdicts = judgeNodes(requirementsOf(service.spec), snapshot, {
    serviceId: service.id,
    excludeServiceId: isWaiting ? undefined : service.id,
    devicesOf,
  })
  const name = serviceName(service)
  return {
    verdicts,
    troubles,
    text: explainPlacement(name, verdicts, troubles),
    brief: (maxBytes) =>
      explainBriefly(name, verdicts, { troubles, ...(maxBytes === undefined ? {} : { maxBytes }) }),
  }
}
