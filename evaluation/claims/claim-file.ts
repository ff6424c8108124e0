// The claims of the paper as a file: what is compared, by which test, how large an effect counts. Checked as a whole, every problem with its path.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { ShoalError } from '../../src/model/errors.ts'
import { type Problem, renderProblems } from '../../src/model/problems.ts'
import { renderPath, settingIssues } from '../campaign/setting-issue.ts'
import { readYamlText } from '../campaign/yaml-text.ts'
import { origins } from '../scenarios/observation.ts'

/**
 * `ascending`: each level of a factor is more than the one before it. `greatest`: one level is more than each other one. `between`: each level
 * over each one before it lies between two limits. `no-more`: each level over the lowest stays below a limit. `bounded`: the value itself does.
 */
const testKinds = ['ascending', 'greatest', 'between', 'no-more', 'bounded'] as const

const text = z.string().check(z.minLength(1))
const level = z.union([z.string(), z.number()])
/** Those that must be there, in order; or whichever there are. */
const levels = z.union([
  z.array(level).check(z.minLength(1)),
  z.literal('any'),
  z.strictObject({ atMost: z.number() }),
])

const claimTest = z
  .strictObject({
    kind: z.enum(testKinds),
    scenario: text,
    measure: text,
    /** Which observations are meant, by factor; those of several values are put together. */
    where: z._default(z.record(z.string(), z.union([level, z.array(level).check(z.minLength(1))])), {}),
    /** A comparison for each combination. */
    within: z._default(z.record(z.string(), levels), {}),
    factor: z.optional(text),
    levels: z.optional(levels),
    /** Of `greatest`. */
    level: z.optional(level),
    by: z._default(z.enum(['mean', 'typical']), 'mean'),
    as: z._default(z.enum(['ratio', 'difference']), 'ratio'),
    /** A ratio, or a difference or value in the unit of the measure: shares are 0..1. */
    above: z.optional(z.number()),
    below: z.optional(z.number()),
    /** How levels are called in reasons, where the factor's value does not say it. */
    words: z._default(z.record(z.string(), text), {}),
    /** Why these limits. */
    why: text,
  })
  .check((context) => {
    for (const [path, message] of kindProblems(context.value))
      context.issues.push({ code: 'custom', input: context.value, path, message })
  })

const claim = z
  .strictObject({
    id: z
      .string()
      .check(z.regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and -, a letter first')),
    section: text,
    figure: z.optional(text),
    /** In words of our own. */
    statement: text,
    /** Where numbers come from a source that has the answer in it already, the claim is not decided by them. */
    circularWhen: z._default(z.array(z.enum(origins)), []),
    because: z.optional(text),
    /** What to know where numbers come from such a source, and the verdict counts all the same. */
    notes: z._default(z.partialRecord(z.enum(origins), text), {}),
    /** The claim holds where every one does. */
    tests: z.array(claimTest).check(z.minLength(1)),
  })
  .check(
    z.refine(({ circularWhen, because }) => circularWhen.length > 0 === (because !== undefined), {
      error: 'circularWhen and because go together',
      path: ['because'],
    }),
  )

const claimFile = z.strictObject({ claims: z.array(claim) })

export type Levels = z.infer<typeof levels>
export type ClaimTest = z.infer<typeof claimTest>
export type Claim = z.infer<typeof claim>

/** @throws ShoalError `FILE_UNREADABLE`, `CLAIMS_INVALID` */
export function readClaims(file: string = join(import.meta.dirname, 'claims.yaml')): readonly Claim[] {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'read',
      object: 'the claims of the paper',
      place: file,
      reason: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
  return parseClaims(content, file)
}

/**
 * @param place names the text in the error: its file
 * @throws ShoalError `CLAIMS_INVALID` with every problem, its path and its line
 */
export function parseClaims(content: string, place: string): readonly Claim[] {
  const yaml = readYamlText(content)
  if ('problems' in yaml) throw invalid(place, yaml.problems)
  const parsed = claimFile.safeParse(yaml.value)
  const issues = parsed.success
    ? repeatedIds(parsed.data.claims)
    : settingIssues(claimFile, yaml.value, parsed.error.issues)
  if (parsed.success && issues.length === 0) return parsed.data.claims
  throw invalid(
    place,
    issues.map(({ path, message }) => ({
      path: renderPath(path),
      message: `${message}${yaml.lineOf(path)}`,
    })),
  )
}

type Given = Pick<
  z.infer<typeof claimTest>,
  'kind' | 'factor' | 'levels' | 'level' | 'above' | 'below' | 'by' | 'as' | 'within' | 'where'
>

/** What a kind needs, and what it has no use for. */
function kindProblems(test: Given): readonly (readonly [path: string[], message: string])[] {
  const { kind, factor, above, below } = test
  const problems: [string[], string][] = []
  const needs = (key: keyof Given, isThere: boolean, what: string): void => {
    if (!isThere) problems.push([[key], `${kind} needs ${what}`])
  }
  const refuses = (key: keyof Given): void => {
    if (test[key] !== undefined) problems.push([[key], `${kind} has no use for it`])
  }
  const isOrdered = Array.isArray(test.levels) && test.levels.length >= 2
  if (kind === 'bounded') {
    for (const key of ['factor', 'levels', 'level'] as const) refuses(key)
    needs('below', above !== undefined || below !== undefined, 'above, below or both')
    if (test.by === 'typical') problems.push([['by'], 'bounded is of means alone'])
  } else needs('factor', factor !== undefined, 'a factor')
  if (kind === 'ascending' || kind === 'between')
    needs('levels', isOrdered, 'a list of two levels or more, the lowest first')
  if (kind === 'no-more') needs('levels', test.levels !== undefined, 'levels')
  if (kind === 'greatest') needs('level', test.level !== undefined, 'the level that is the greatest')
  else refuses('level')
  if (kind === 'ascending' || kind === 'greatest') {
    needs('above', above !== undefined, 'above: 1 for a ratio and 0 for a difference mean any')
    refuses('below')
  }
  if (kind === 'between') needs('below', above !== undefined && below !== undefined, 'above and below')
  if (kind === 'no-more') {
    needs('below', below !== undefined, 'below')
    refuses('above')
  }
  if (above !== undefined && below !== undefined && above >= below)
    problems.push([['below'], `expected more than above (${above}), got ${below}`])
  if (kind !== 'bounded' && test.as === 'ratio')
    for (const key of ['above', 'below'] as const)
      if ((test[key] ?? 1) <= 0) problems.push([[key], 'a ratio is more than 0'])
  if (factor !== undefined && factor in { ...test.within, ...test.where })
    problems.push([['factor'], `${factor} is compared, and cannot be held in within or where too`])
  return problems
}

function repeatedIds(claims: readonly Claim[]) {
  return claims.flatMap(({ id }, index) => {
    const first = claims.findIndex((other) => other.id === id)
    return first === index
      ? []
      : [{ path: ['claims', index, 'id'], message: `"${id}" is the id of claims[${first}] already` }]
  })
}

function invalid(place: string, problems: readonly Problem[]): ShoalError {
  return new ShoalError('CLAIMS_INVALID', {
    action: 'read',
    object: 'the claims of the paper',
    place,
    reason: `${problems.length === 1 ? 'one problem' : `${problems.length} problems`}\n${renderProblems(problems)}`,
    nextStep: 'docs/claims.md has every key',
  })
}
