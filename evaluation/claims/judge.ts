// What the numbers of a run say of each claim of the paper. Pure: no data is an answer too, never an error.
import { adjustForMany } from '../contrast.ts'
import { type Observed, type Origin, origins } from '../scenarios/observation.ts'
import type { Comparison, Judgement, Verdict } from './claim.ts'
import type { Claim } from './claim-file.ts'
import { effectScale, limitWords, testWords, unitOfMeasure } from './claim-words.ts'
import { alpha, type Compared, comparePair, samplesNeeded } from './compare-pair.ts'
import { type Selection, selectPairs } from './strata.ts'

/** Told one by one; of more, the number. */
const mostTold = 3

interface Decided extends Compared {
  readonly verdict: Verdict
}

/**
 * A claim holds where each of its comparisons does (an intersection-union test, Berger 1982: each at 5 %, and so the whole); it does not hold
 * where at least one shows the contrary, of as many as there are (Holm); else these numbers cannot tell.
 */
export function judgeClaims(claims: readonly Claim[], observed: Observed): readonly Judgement[] {
  return claims.map((claim) => judgeClaim(claim, observed))
}

function judgeClaim(claim: Claim, observed: Observed): Judgement {
  const selections = claim.tests.map((test) => ({ test, ...selectPairs(test, observed) }))
  const compared = selections.flatMap(({ test, pairs }) => pairs.map((pair) => comparePair(test, pair)))
  const decided = decide(compared.filter((each) => typeof each !== 'string'))
  const missing = [
    ...new Set([
      ...selections.flatMap((selection) => selection.missing),
      ...compared.filter((each) => typeof each === 'string'),
    ]),
  ]
  const used = originsIn(selections)
  const isCircular = used.some((origin) => claim.circularWhen.includes(origin))
  const verdict = verdictOf(decided, missing)
  const finding = findingOf(verdict, decided, missing)
  const reason = [
    isCircular
      ? `${used.filter((origin) => claim.circularWhen.includes(origin)).join(' and ')} numbers cannot decide this: ${claim.because} All the same, the numbers: ${finding}`
      : finding,
    ...(isCircular ? [] : used.flatMap((origin) => claim.notes[origin] ?? [])),
    ...failureWords(selections),
  ]
  return {
    id: claim.id,
    paper: claim.figure === undefined ? claim.section : `${claim.section}, ${claim.figure}`,
    statement: claim.statement,
    test: claim.tests.map((test) => testWords(test, limitsOf(test, observed))).join('; '),
    verdict: isCircular ? 'not decidable' : verdict,
    reason: reason.map(asSentence).join(' '),
    comparisons: decided.map(
      (each): Comparison => ({
        name: each.name,
        effect: each.effect,
        effectUnit: each.unit,
        verdict: isCircular ? 'not decidable' : each.verdict,
      }),
    ),
    origins: used,
  }
}

function decide(compared: readonly Compared[]): readonly Decided[] {
  const outside = adjustForMany(compared.map((each) => each.outside))
  return compared.map((each, index) => ({
    ...each,
    verdict:
      each.inside <= alpha ? 'holds' : (outside[index] ?? 1) <= alpha ? 'does not hold' : 'not decidable',
  }))
}

function verdictOf(decided: readonly Decided[], missing: readonly string[]): Verdict {
  if (decided.some(({ verdict }) => verdict === 'does not hold')) return 'does not hold'
  const isWhole = missing.length === 0 && decided.length > 0
  return isWhole && decided.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'not decidable'
}

function findingOf(verdict: Verdict, decided: readonly Decided[], missing: readonly string[]): string {
  const of = (which: Verdict): readonly Decided[] => decided.filter((each) => each.verdict === which)
  if (verdict === 'holds') {
    const closest = decided.reduce((least, each) => (each.inside > least.inside ? each : least))
    return decided.length === 1
      ? tell(closest)
      : `in all ${decided.length} comparisons; the least clear one: ${tell(closest)}`
  }
  const score =
    decided.length > 0 ? [`it holds in ${of('holds').length} of ${decided.length} comparisons`] : []
  if (verdict === 'does not hold') {
    const contrary = of('does not hold').toSorted((a, b) => a.outside - b.outside)
    return [listFew(contrary.map((each) => tell(each, 'not '))), ...score].join('; ')
  }
  const strict = alpha / Math.max(1, decided.length)
  const open = of('not decidable').map(
    (each) => `${tell(each, 'not shown to be ')}, ${neededWords(each, strict)}`,
  )
  return [listFew([...missing, ...open]), ...score].join('; ')
}

/** `…: container 1.04 times native (0.98 to 1.11), between 0.9 and 1.1` */
function tell({ words, limits, unit }: Compared, before = ''): string {
  return `${words}, ${before}${limitWords(limits, unit)}`
}

function neededWords(compared: Compared, errorAlpha: number): string {
  const { count } = compared.effect
  const needed = samplesNeeded(compared, errorAlpha)
  const have = `with ${count} samples`
  return needed === undefined
    ? `${have}; so near to the limit that more would hardly tell`
    : `${have}; about ${needed} would tell`
}

function listFew(items: readonly string[]): string {
  const more = items.length - mostTold
  return [...items.slice(0, mostTold), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

function failureWords(selections: readonly Selection[]): readonly string[] {
  const failures = selections.reduce((most, selection) => Math.max(most, selection.failures), 0)
  if (failures === 0) return []
  const what = failures === 1 ? 'request or cell' : 'requests or cells'
  return [
    `${failures} ${what} of these failed: a failed cell is in no number, an unanswered request in no time`,
  ]
}

function originsIn(selections: readonly Selection[]): readonly Origin[] {
  const groups = selections.flatMap(({ pairs }) => pairs.flatMap(({ of, to }) => [of, ...(to ? [to] : [])]))
  const used = new Set(groups.flatMap(({ observations }) => observations.map(({ origin }) => origin)))
  return origins.filter((origin) => used.has(origin))
}

function limitsOf(test: Claim['tests'][number], { observations }: Observed): string {
  const unit = observations.find(
    ({ scenario, measure }) => scenario === test.scenario && measure === test.measure,
  )?.unit
  const scale = effectScale(test, unit ?? unitOfMeasure(test.measure))
  return limitWords(
    {
      above: test.above === undefined ? undefined : test.above * scale.times,
      below: test.below === undefined ? undefined : test.below * scale.times,
    },
    scale.unit,
  )
}

function asSentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(start) ? start : `${start}.`
}
