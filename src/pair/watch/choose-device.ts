// Which device takes an instance over. Pure.
import type { ContainerSummary } from '../../engine/container-answers.ts'
import { claimSite } from '../claims/claim-site.ts'
import type { DeviceView } from '../device-view.ts'
import { type FoundInstance, findInstance, type WantedInstance } from '../instance.ts'
import { heldPorts } from '../plan-activation.ts'
import { spreadInstances } from '../spread.ts'

export interface CandidateDevice
  extends Pick<DeviceView, 'label' | 'containers' | 'inventory' | 'clusterClaims'> {
  /** Instances under watch that it has, or is about to have. */
  readonly carries: number
}

export type Choice =
  | { readonly ok: true; readonly device: string }
  | { readonly ok: false; readonly reason: string }

/**
 * @param failedOn where it ran last: that device comes last, for what was wrong there may still be.
 * @param candidates those that have just answered.
 */
export function chooseDevice(
  instance: WantedInstance,
  failedOn: string,
  candidates: readonly CandidateDevice[],
): Choice {
  if (candidates.length === 0) return { ok: false, reason: 'no device can be reached' }
  const rejected: string[] = []
  for (const isLast of [false, true]) {
    const spread = spreadInstances(
      [instance],
      candidates
        .filter(({ label }) => (label === failedOn) === isLast)
        .map((candidate) => {
          const left = leftOvers(candidate.containers, instance)
          return {
            label: candidate.label,
            has: new Set<string>(),
            held: heldPorts(candidate, left),
            claims: claimSite(candidate, left),
            carries: candidate.carries,
          }
        }),
    )
    const [placement] = spread.placed
    if (placement !== undefined) return { ok: true, device: placement.device }
    for (const { device, reason } of spread.unplaced[0]?.rejected ?? []) rejected.push(`${device}: ${reason}`)
  }
  return { ok: false, reason: rejected.join('; ') }
}

/** What is left of the instance itself does not stand in its own way. */
function leftOvers(containers: readonly ContainerSummary[], { id }: WantedInstance): FoundInstance[] {
  return containers.flatMap((container) => {
    const found = findInstance(container)
    return found?.id === id ? [found] : []
  })
}
