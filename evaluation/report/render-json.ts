// The summary for programs: setting, verdicts, figures and failures. Single courses are in the CSV.
import { countFailures } from './failures.ts'
import { roundForFile } from './number-text.ts'
import type { Summary } from './summarise.ts'
import { countVerdicts } from './verdict-counts.ts'

export function renderJson({ setting, figures, judgements, observed }: Summary): string {
  const summary = {
    format: 1,
    setting,
    verdicts: countVerdicts(judgements),
    judgements,
    figures,
    observations: observed.observations.length,
    failures: countFailures(observed),
  }
  const round = (_key: string, value: unknown) => (typeof value === 'number' ? roundForFile(value) : value)
  return `${JSON.stringify(summary, round, 1)}\n`
}
