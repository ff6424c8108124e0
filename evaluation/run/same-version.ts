// Results that were taken by different versions are never put together.
import { ShoalError } from '../../src/model/errors.ts'
import type { Run, RunFacts } from './run.ts'

export interface Source {
  /** The folder, or who is about to add to it. */
  readonly place: string
  readonly facts: RunFacts
}

/** @throws ShoalError RESULTS_MIXED with everything that differs */
export function refuseMixed(action: string, sources: readonly Source[]): void {
  refuseDifferent(
    action,
    sources.map(({ place, facts }) => ({ place, shown: { ...versionOf(facts), hosts: facts.kind } })),
  )
}

/**
 * Runs that one report is made of: of the same version, with the same campaign. Their hosts may differ.
 * @throws ShoalError RESULTS_MIXED with everything that differs
 */
export function assertSameVersion(runs: readonly Run[]): void {
  refuseDifferent(
    'put together',
    runs.map(({ folder, facts, campaign }) => ({
      place: folder,
      shown: {
        ...versionOf(facts),
        campaign: campaign.name,
        seed: String(campaign.seed),
        board: campaign.board,
        scenarios: campaign.scenarios.map(({ scenario }) => scenario.name).join(', '),
        ...Object.fromEntries(
          campaign.scenarios.map(({ scenario, settings }) => [
            `settings of ${scenario.name}`,
            JSON.stringify(settings),
          ]),
        ),
      },
    })),
  )
}

function versionOf({ format, shoal, setting }: RunFacts): Readonly<Record<string, string>> {
  return { format: String(format), Shoal: shoal, commit: setting.commit }
}

function refuseDifferent(
  action: string,
  sources: readonly { readonly place: string; readonly shown: Readonly<Record<string, string>> }[],
): void {
  const names = new Set(sources.flatMap(({ shown }) => Object.keys(shown)))
  const differing = [...names].filter(
    (name) => new Set(sources.map(({ shown }) => shown[name] ?? 'none')).size > 1,
  )
  if (differing.length === 0) return
  const lines = differing.map(
    (name) =>
      `  ${name}: ${sources.map(({ place, shown }) => `${shown[name] ?? 'none'} (${place})`).join(', ')}`,
  )
  throw new ShoalError('RESULTS_MIXED', {
    action,
    object: 'the results',
    reason: `they differ in\n${lines.join('\n')}`,
    nextStep: 'take each version’s results in a folder of its own',
  })
}
