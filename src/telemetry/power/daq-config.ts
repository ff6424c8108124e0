// How the file of a data acquisition board is to be read: which column is what, when it began, and with which shunt. YAML.
import { LineCounter, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { ShoalError } from '../../model/errors.ts'
import { type Problem, renderProblems, unknownKeyMessage } from '../../model/problems.ts'

/** Title of a column, or its number from 0. */
const column = z.union([z.string().check(z.minLength(1)), z.int().check(z.minimum(0))])
const positive = z.number().check(z.positive())

const schema = z.strictObject({
  /** Of the board, for the record: `USB-1608FS-Plus`. */
  name: z._default(z.string().check(z.minLength(1)), 'DAQ'),
  separator: z._default(z.string().check(z.minLength(1)), ','),
  /** Before the titles, or before the first row where there are none. */
  skipLines: z._default(z.int().check(z.minimum(0)), 0),
  /** Left out where rows come at `rateHz` and have no time of their own. */
  time: z.optional(column),
  /** Since `startedAt`, or since 1970. */
  timeUnit: z._default(z.enum(['s', 'ms', 'epoch-s', 'epoch-ms']), 's'),
  rateHz: z.optional(positive),
  /** By the clock of the node that was measured, with its zone. */
  startedAt: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
          'expected a moment with its zone, such as 2026-11-28T14:00:00.250Z',
        ),
      ),
  ),
  /** Volts over the shunt, in the supply's line before the board. */
  shunt: column,
  shuntOhms: positive,
  /** Of an amplifier between shunt and DAQ. */
  shuntGain: z._default(positive, 1),
  /** Volts before the shunt: a column, or what holds all the time. */
  supply: z.optional(column),
  supplyVolts: z.optional(positive),
})

export type DaqConfig = z.infer<typeof schema>

/**
 * @param place names the text in the error: its file
 * @throws ShoalError DAQ_INVALID with every problem and its line
 */
export function parseDaqConfig(text: string, place: string): DaqConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const [syntax] = document.errors
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0])
    throw daqInvalid(place, renderProblems([{ path: `line ${line}:${col}`, message: syntax.message }]))
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 0 }) ?? {}
  } catch (error) {
    // Aliases: nothing here is said twice.
    throw daqInvalid(place, error instanceof Error ? error.message : String(error))
  }
  const parsed = schema.safeParse(value)
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: messageOf(issue, value) }))
  if (!parsed.success || problems.length > 0) throw daqInvalid(place, `\n${renderProblems(problems)}`)
  return parsed.data
}

function contradictions({ time, timeUnit, rateHz, startedAt, supply, supplyVolts }: DaqConfig): Problem[] {
  const problems: Problem[] = []
  const isEpoch = time !== undefined && timeUnit.startsWith('epoch')
  if ((time === undefined) === (rateHz === undefined))
    problems.push({ path: 'time', message: 'expected either a column, or rateHz for rows without a time' })
  if (isEpoch && startedAt !== undefined)
    problems.push({ path: 'startedAt', message: `is of no use: ${timeUnit} counts since 1970` })
  if (!isEpoch && startedAt === undefined)
    problems.push({ path: 'startedAt', message: 'is missing: the rows count from the start of the file' })
  if (startedAt !== undefined && Number.isNaN(Date.parse(startedAt)))
    problems.push({ path: 'startedAt', message: `there is no moment ${startedAt}` })
  if ((supply === undefined) === (supplyVolts === undefined))
    problems.push({ path: 'supply', message: 'expected either a column, or supplyVolts' })
  return problems
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  const given = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
  const said = given === undefined ? 'nothing' : JSON.stringify(given).slice(0, 80)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKeyMessage(key, Object.keys(schema.shape))).join('; ')
  if (issue.code === 'invalid_union')
    return `expected the title of a column or its number from 0, got ${said}`
  if (issue.code === 'invalid_type') return `expected ${issue.expected}, got ${said}`
  if (issue.code === 'too_small') return `expected more than ${issue.minimum}, got ${said}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}, got ${said}`
  return `${issue.message}, got ${said}`
}

/** @param reason after the place and a colon */
export function daqInvalid(place: string, reason: string): ShoalError {
  return new ShoalError('DAQ_INVALID', {
    action: 'read',
    object: 'the power that a DAQ measured',
    place,
    reason,
    nextStep: 'docs/telemetry.md has every key of its description',
  })
}
