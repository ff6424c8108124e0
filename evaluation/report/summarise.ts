// A run comes down to what a report says: its setting, its numbers, the paper's figures, and what they say of the paper's claims. Pure.

import type { Judgement } from '../claims/claim.ts'
import type { Claim } from '../claims/claim-file.ts'
import { judgeClaims } from '../claims/judge.ts'
import type { HostFacts } from '../hosts/stage.ts'
import type { CellOutcome, Run } from '../run/run.ts'
import { assertSameVersion } from '../run/same-version.ts'
import type { Observed, Origin } from '../scenarios/observation.ts'
import type { Cell, Scenario } from '../scenarios/scenario.ts'
import type { Figure } from './figure.ts'
import { describeSetting, type Setting } from './setting.ts'

export interface Summary {
  readonly setting: Setting
  readonly observed: Observed
  /** In the paper's order, what goes beyond it last. */
  readonly figures: readonly Figure[]
  readonly judgements: readonly Judgement[]
}

/**
 * @param runs one, or parts of one campaign taken by the same version
 * @throws ShoalError RESULTS_MIXED where they do not belong together, RUN_DAMAGED
 */
export function summarise(runs: readonly Run[], claims: readonly Claim[]): Summary {
  assertSameVersion(runs)
  const [first] = runs
  if (first === undefined) throw new RangeError('a report needs a run')
  const parts = first.campaign.scenarios.map(({ scenario, settings }) => ({
    scenario,
    settings,
    observed: join(runs.map((run) => observe(run, scenario, settings))),
  }))
  const observed = join(parts.map((part) => part.observed))
  return {
    setting: describeSetting(runs),
    observed,
    figures: inPaperOrder(parts.flatMap((part) => part.scenario.figures(part.settings, part.observed))),
    judgements: judgeClaims(claims, observed),
  }
}

function observe(run: Run, scenario: Scenario, settings: unknown): Observed {
  const counted = run.cells.filter(({ cell }) => cell.scenario === scenario.name && cell.repetition > 0)
  return join(
    counted.map(({ cell, outcome }) => {
      if (outcome === undefined) return nothing
      if (outcome.state === 'failed') return failed(cell, outcome)
      return scenario.observe(settings, {
        cell,
        origin: run.facts.kind === 'lab' ? 'emulated' : 'measured',
        powerOrigin: powerOrigins(run.hosts[outcome.stage] ?? []),
        records: run.records(cell),
      })
    }),
  )
}

const nothing: Observed = { observations: [], courses: [], failures: [] }

function failed({ scenario, factors }: Cell, { reason = 'it failed' }: CellOutcome): Observed {
  return { ...nothing, failures: [{ scenario, factors, reason }] }
}

function powerOrigins(hosts: readonly HostFacts[]): Readonly<Record<string, Origin | undefined>> {
  return Object.fromEntries(hosts.map(({ name, power }) => [name, power?.origin]))
}

function join(parts: readonly Observed[]): Observed {
  return {
    observations: parts.flatMap(({ observations }) => observations),
    courses: parts.flatMap(({ courses }) => courses),
    failures: parts.flatMap(({ failures }) => failures),
  }
}

/** `Table I` is before the figures; a figure without a number of the paper keeps its place after them. */
function inPaperOrder(figures: readonly Figure[]): readonly Figure[] {
  const rank = ({ id }: Figure) => {
    if (/^table-\d/.test(id)) return 0
    const [, number] = /^fig-(\d+)/.exec(id) ?? []
    return number === undefined ? Number.MAX_SAFE_INTEGER : Number(number)
  }
  return figures.toSorted((a, b) => rank(a) - rank(b))
}
