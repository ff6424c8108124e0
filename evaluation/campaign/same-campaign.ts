// A run goes on with the campaign that it began with, and with no other.
import { ShoalError } from '../../src/model/errors.ts'
import type { Campaign } from '../run/run.ts'

/** Throws ShoalError RESULTS_MIXED with everything that differs. */
export function refuseOtherCampaign(folder: string, stored: Campaign, asked: Campaign): void {
  const before = partsOf(stored)
  const now = partsOf(asked)
  const names = [...new Set([...before.keys(), ...now.keys()])]
  const differing = names.filter((name) => before.get(name) !== now.get(name))
  if (differing.length === 0) return
  const lines = differing.map((name) => {
    const [was = 'left out', is = 'left out'] = [before.get(name), now.get(name)]
    return `  ${name}: ${was} there, ${is} now`
  })
  throw new ShoalError('RESULTS_MIXED', {
    action: 'go on with',
    object: folder,
    reason: `it is the run of another campaign:\n${lines.join('\n')}`,
    nextStep: `shoal evaluate -o ${folder} goes on with its own; or name another folder`,
  })
}

/** `idle.links` → `["wlan"]`, and the campaign's own keys. */
function partsOf({ name, seed, board, scenarios }: Campaign): ReadonlyMap<string, string> {
  return new Map([
    ['name', name],
    ['seed', String(seed)],
    ['board', board],
    ...scenarios.flatMap(({ scenario, settings }) =>
      Object.entries(settings as object).map(
        ([key, value]) => [`${scenario.name}.${key}`, JSON.stringify(value)] as const,
      ),
    ),
  ])
}
