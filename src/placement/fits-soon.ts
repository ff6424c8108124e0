// Whether an instance that waits has a node in sight: Swarm is a moment behind what nodes offer.
import { isOfferPending } from './has-generic.ts'
import type { Verdict } from './judge-nodes.ts'

/** Whether some node can take it, or could if its Engine already offered the devices that are there. */
export function fitsSoon(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ reasons }) => reasons.every(isOfferPending))
}
