// Results that were taken by different versions, or on different kinds of hosts, are never put together.
import { ShoalError } from '../../src/model/errors.ts'
import type { Run, RunFacts } from './run.ts'

export interface Source {
  /** The folder, or who is about to add to it. */
  readonly place: string
  readonly facts: RunFacts
}

/**
 * One run: of one version, on one machine.
 * @throws ShoalError RESULTS_MIXED with everything that differs
 */
export function refuseMixed(action: string, sources: readonly Source[]): void {
  refuseDifferent(
    action,
    sources.map(({ place, facts }) => {
      const { cpu, cores, kernel, node } = facts.setting
      return { place, shown: { ...versionOf(facts), CPU: `${cores} of ${cpu}`, kernel, Node: node } }
    }),
  )
}

/**
 * Runs that one report is made of: of the same version, with the same campaign, all of them emulated or all measured. Their machines may differ,
 * and the report names each.
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

function versionOf({ format, kind, shoal, setting }: RunFacts): Readonly<Record<string, string>> {
  return { format: String(format), Shoal: shoal, commit: setting.commit, hosts: kind }
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
    nextStep: 'keep each in a folder of its own, with a report of its own',
  })
}
