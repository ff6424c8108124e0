// What a schema says against a value, in words for who wrote the value.
import type * as z from 'zod/mini'
import { nearestKey, unknownKeyMessage } from '../../src/model/problems.ts'

export interface SettingIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** @param schema what `value` was parsed with; its keys are what an unknown key is compared with */
export function settingIssues(
  schema: z.core.$ZodType,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): readonly SettingIssue[] {
  return issues.flatMap((issue) => {
    const { path } = issue
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(inside(schema, path))
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKeyMessage(key, known) }))
    }
    return [{ path, message: messageOf(issue, valueAt(value, path)) }]
  })
}

/** What is there at a path; undefined where nothing is. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

/** `scenarios.idle.links[0]` */
export function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** `expected one of ethernet, wlan, direct, got "wlna"; did you mean "wlan"?` */
function oneOfMessage(known: readonly unknown[], given: unknown): string {
  const nearest = typeof given === 'string' ? nearestKey(given, known.map(String)) : undefined
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return `expected one of ${known.join(', ')}, got ${describe(given)}${hint}`
}

function messageOf(issue: z.core.$ZodIssue, given: unknown): string {
  const got = `got ${describe(given)}`
  switch (issue.code) {
    case 'invalid_type':
      return given === undefined ? 'is missing' : `expected ${typeName(issue.expected)}, ${got}`
    case 'invalid_value':
      return given === undefined ? 'is missing' : oneOfMessage(issue.values, given)
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin, issue.minimum)}, ${got}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin, issue.maximum)}, ${got}`
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}, ${got}`
    case 'invalid_format':
      return issue.message === plainMessage ? `expected ${issue.format}, ${got}` : `${issue.message}, ${got}`
    default:
      return issue.message === plainMessage ? `is not what is expected here, ${got}` : issue.message
  }
}

/** zod/mini has no words of its own. */
const plainMessage = 'Invalid input'

const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

function typeName(expected: string): string {
  return typeNames[expected] ?? expected
}

function unitOf(origin: string, count: number | bigint): string {
  const unit = { array: ' value', string: ' character' }[origin]
  return unit === undefined ? '' : Number(count) === 1 ? unit : `${unit}s`
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The schema of what is at a path; undefined where the schema does not say. */
function inside(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((outer, key) => {
    const def = defOf(outer)
    return def?.shape?.[String(key)] ?? def?.element ?? def?.valueType
  }, schema)
}

/** The keys that a mapping of this schema may have; none where it is no mapping. */
export function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  return Object.keys(defOf(schema)?.shape ?? {})
}

interface Definition {
  readonly innerType?: z.core.$ZodType
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
}

/** Of what a default or an optional one stands around. */
function defOf(schema: z.core.$ZodType | undefined): Definition | undefined {
  let def = schema?._zod.def as Definition | undefined
  while (def?.innerType !== undefined) def = def.innerType._zod.def as Definition
  return def
}
