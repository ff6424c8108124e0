// Refuses what a campaign asks for and its hosts cannot give, all at once, before anything is started.
import { ShoalError } from '../../src/model/errors.ts'
import type { StageNeed } from './stage.ts'

/** @param refusal why the need cannot be given; undefined where it can. Throws ShoalError CAMPAIGN_INVALID with every such need. */
export function checkNeeds(
  needs: readonly StageNeed[],
  place: string,
  refusal: (need: StageNeed) => string | undefined,
): void {
  const reasons = new Set(needs.flatMap((need) => refusal(need) ?? []))
  if (reasons.size === 0) return
  throw new ShoalError('CAMPAIGN_INVALID', {
    action: 'run',
    object: 'the campaign',
    place,
    reason: `its hosts cannot give what it asks for; nothing was started\n${[...reasons].map((reason) => `  ${reason}`).join('\n')}`,
    nextStep: 'narrow its links, modes or workers',
  })
}
