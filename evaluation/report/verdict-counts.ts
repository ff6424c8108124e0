// How many of the paper's claims hold here.
import { type Judgement, type Verdict, verdicts } from '../claims/claim.ts'

export function countVerdicts(judgements: readonly Judgement[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict) => judgements.filter((judgement) => judgement.verdict === verdict).length
  return Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)])) as Record<Verdict, number>
}
