// The key `healthcheck` of a service.
import type { Healthcheck } from '../../application.ts'
import type { Findings } from '../findings.ts'
import { type Located, placeOf } from '../located.ts'
import { expected, readBoolean, readDuration, readList, readText, readWhole } from '../read-value.ts'
import { honoured, readSection, refused, type Section } from '../section.ts'

interface HealthcheckDraft extends Healthcheck {
  readonly disable: boolean
}

export const healthcheckSection: Section<HealthcheckDraft> = {
  extensible: true,
  keys: {
    test: honoured('a shell line; or a list that begins with CMD, CMD-SHELL or NONE', 'test', readTest),
    interval: honoured('time between two checks; left out, 30s', 'intervalMs', readDuration),
    timeout: honoured('time that one check may take; left out, 30s', 'timeoutMs', readDuration),
    retries: honoured(
      'failures in a row until the instance is unhealthy; left out, 3',
      'retries',
      readWhole(0),
    ),
    start_period: honoured('time at the start in which failures do not count', 'startPeriodMs', readDuration),
    start_interval: refused('Docker 20.10 does not know it: interval holds from the start'),
    disable: honoured('true switches off the check of the image', 'disable', readBoolean),
  },
}

export function readHealthcheck(value: Located, findings: Findings): Healthcheck | undefined {
  const { disable, ...check } = readSection(healthcheckSection, value, findings)
  if (disable === true && check.test !== undefined && check.test[0] !== 'NONE') {
    findings.problem(placeOf(value, 'disable'), 'a check is disabled and given: leave out one of them')
  }
  return {
    test: disable === true ? ['NONE'] : check.test,
    intervalMs: check.intervalMs,
    timeoutMs: check.timeoutMs,
    startPeriodMs: check.startPeriodMs,
    retries: check.retries,
  }
}

function readTest(value: Located, findings: Findings): readonly string[] | undefined {
  if (value.kind === 'map') return expected(value, findings, 'a string or a list of strings')
  if (value.kind === 'scalar') {
    const line = readText(value, findings)
    return line === undefined ? undefined : ['CMD-SHELL', line]
  }
  const words = readList(readText)(value, findings) ?? []
  const [kind, ...rest] = words
  const fits =
    kind === 'NONE'
      ? rest.length === 0
      : kind === 'CMD-SHELL'
        ? rest.length === 1
        : kind === 'CMD' && rest.length > 0
  if (fits || words.length < value.items.length) return words
  findings.problem(value.place, 'expected ["NONE"], ["CMD", word, …] or ["CMD-SHELL", line]')
  return undefined
}
