// /etc/shoal/devices.yaml: what hangs where. Checked as a whole; every problem has its path and its line.
import { LineCounter, parseDocument } from 'yaml'
// The small form of zod: the device runtime reads this file before a container starts.
import * as z from 'zod/mini'
import { ShoalError } from '../errors.ts'
import { type Problem, renderProblems, unknownKeyMessage } from '../problems.ts'

export const declarationsFile = '/etc/shoal/devices.yaml'

/** More hang on no board, and the file is read before each start of a container that claims. */
const mostDevices = 256
const mostCharacters = 262_144

export const capabilityPattern = /^[a-z][a-z0-9-]{0,62}$/
/** A `#` tells the holders of a shared device apart, a comma separates claims. */
export const deviceIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

const name = z.string().check(z.minLength(1), z.maxLength(255))
const wholeNumber = z.int().check(z.minimum(0), z.maximum(65_535))
const file = z.string().check(z.regex(/^\/dev\/[^\0\n,;=]+$/, 'expected a path below /dev, without , ; or ='))

const common = {
  id: z
    .string()
    .check(z.regex(deviceIdPattern, 'expected letters, digits, and . _ - between them, at most 63')),
  capability: z
    .string()
    .check(z.regex(capabilityPattern, 'expected small letters, digits and -, a letter first, at most 63')),
  shared: z._default(z.int().check(z.minimum(1), z.maximum(64)), 1),
}

const match = z
  .strictObject({
    name: z.optional(name),
    label: z.optional(name),
    /** Part of the path of sysfs below /sys/devices: `i2c-1/1-0048`. */
    path: z.optional(name),
  })
  .check(z.refine((value) => Object.keys(value).length > 0, 'expected one of name, label, path'))

export const deviceDeclaration = z.discriminatedUnion('driver', [
  z.strictObject({
    ...common,
    driver: z.literal('gpio'),
    /** `gpiochip0`, or what tells it after any boot: its label or the folder of its hardware. */
    chip: name,
    /** Offset, or the line's name. */
    line: z.union([wholeNumber, name]),
    activeLow: z._default(z.boolean(), false),
    bias: z.optional(z.enum(['pull-up', 'pull-down', 'disabled'])),
  }),
  z.strictObject({ ...common, driver: z.literal('pwm'), chip: name, channel: wholeNumber }),
  z.strictObject({ ...common, driver: z.literal('iio'), match, channel: z.optional(name) }),
  z.strictObject({ ...common, driver: z.literal('hwmon'), match, channel: z.optional(name) }),
  z.strictObject({ ...common, driver: z.literal('w1'), match: z.strictObject({ id: name }) }),
  z.strictObject({ ...common, driver: z.literal('camera'), path: file }),
  z.strictObject({ ...common, driver: z.literal('serial'), path: file }),
  z.strictObject({ ...common, driver: z.literal('i2c'), path: file }),
  z.strictObject({ ...common, driver: z.literal('spi'), path: file }),
  z.strictObject({ ...common, driver: z.literal('device'), path: file }),
  z.strictObject({
    ...common,
    driver: z.literal('simulated'),
    board: z.string().check(z.regex(deviceIdPattern, 'expected the name of a board')),
    /** Its name on the board; left out: the id. */
    device: z.optional(z.string().check(z.regex(deviceIdPattern, 'expected the name of a device'))),
  }),
])

export type DeviceDeclaration = z.infer<typeof deviceDeclaration>

export const deviceDeclarations = z.array(deviceDeclaration).check(z.maxLength(mostDevices))

/**
 * @param place names the text in the error: its file
 * @throws ShoalError `DEVICES_INVALID` with every problem, its path and its line
 */
export function parseDeclarations(text: string, place: string): readonly DeviceDeclaration[] {
  const lines = new LineCounter()
  const problems: Problem[] = []
  if (text.length > mostCharacters)
    throw invalid(place, [{ path: '', message: `expected at most ${mostCharacters} characters` }])
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const [syntax] = document.errors
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0])
    throw invalid(place, [{ path: `line ${line}:${col}`, message: syntax.message }])
  }
  const value = toPlain(document, place)
  // An empty file, or one of comments alone, declares nothing.
  if (value === null) return []
  const parsed = deviceDeclarations.safeParse(value)
  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
      const start = (node as { range?: readonly number[] } | null | undefined)?.range?.[0]
      if (start !== undefined) return ` (line ${lines.linePos(start).line})`
    }
    return ''
  }
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      problems.push({ path: renderPath(issue.path) + lineOf(issue.path), message: messageOf(issue, value) })
    throw invalid(place, problems)
  }
  const firstOf = new Map<string, number>()
  for (const [index, { id }] of parsed.data.entries()) {
    const first = firstOf.get(id)
    if (first === undefined) firstOf.set(id, index)
    else
      problems.push({
        path: `[${index}].id${lineOf([index, 'id'])}`,
        message: `"${id}" is the id of [${first}] already`,
      })
  }
  if (problems.length > 0) throw invalid(place, problems)
  return parsed.data
}

/** An alias that repeats itself endlessly is refused by the parser. */
function toPlain(document: ReturnType<typeof parseDocument>, place: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw invalid(place, [{ path: '', message: error instanceof Error ? error.message : String(error) }])
  }
}

function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

type Issue = z.core.$ZodIssue

function messageOf(issue: Issue, value: unknown): string {
  const given = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
  if (issue.code === 'unrecognized_keys') {
    const driver = (given as { driver?: unknown } | undefined)?.driver
    return issue.keys.map((key) => unknownKeyMessage(key, keysOf(driver, issue.path))).join('; ')
  }
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'driver')
    return `expected one of ${drivers().join(', ')}, got ${describe(given)}`
  if (issue.code === 'invalid_union') return `expected a number from 0 or a name, got ${describe(given)}`
  if (issue.code === 'invalid_type' && given === undefined) return `is missing; expected ${issue.expected}`
  if (issue.code === 'invalid_type') return `expected ${issue.expected}, got ${describe(given)}`
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}, got ${describe(given)}`
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}, got ${describe(given)}`
  if (issue.code === 'invalid_format') return `${issue.message}, got ${describe(given)}`
  return issue.message
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

function drivers(): string[] {
  return deviceDeclaration._zod.def.options.map((option) =>
    String([...(option._zod.propValues?.driver ?? [])][0]),
  )
}

function keysOf(driver: unknown, path: readonly PropertyKey[]): string[] {
  if (path.at(-1) === 'match') return driver === 'w1' ? ['id'] : ['name', 'label', 'path', 'id']
  const option = deviceDeclaration._zod.def.options.find((each) =>
    each._zod.propValues?.driver?.has(driver as string),
  )
  return Object.keys(option?.shape ?? {})
}

function invalid(place: string, problems: readonly Problem[]): ShoalError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new ShoalError('DEVICES_INVALID', {
    action: 'read',
    object: 'the devices of this node',
    place,
    reason: `${count}; nothing was changed\n${renderProblems(problems)}`,
    nextStep: 'docs/devices.md has every key, docs/devices.schema.json the schema',
  })
}
