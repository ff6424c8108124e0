// A board's script from YAML: checked as a whole before anything is made, every problem with its path and line.
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { ShoalError } from '../../model/errors.ts'
import { type Problem, renderProblems } from '../../model/problems.ts'
import { namePattern, nameRule, reservedName } from '../names.ts'
import type { BoardScript } from './board-script.ts'
import { deviceSchema } from './device-schema.ts'
import { asDevice } from './device-script.ts'
import { number, positive } from './pieces.ts'
import { describe, section } from './section.ts'
import { timeOfDay } from './time-words.ts'

/** A script is written by hand: some kilobytes. */
const mostCharacters = 262_144
const mostDevices = 100

const usualStartS = 12 * 3600

const name = z
  .string({ error: ({ input }) => expectedName(input) })
  .check(z.regex(namePattern, { error: ({ input }) => expectedName(input) }))

const schema = section({
  board: name,
  seed: z._default(number(0, Number.MAX_SAFE_INTEGER), 1),
  speed: z._default(positive(100_000), 1),
  startsAt: z._default(timeOfDay, usualStartS),
  devices: z
    .record(name, deviceSchema, {
      error: ({ input }) =>
        input === undefined ? 'is missing' : `expected a map of devices by name; got ${describe(input)}`,
    })
    .check(
      z.refine((all) => !(reservedName in all), {
        path: [reservedName],
        error: 'the board itself has a socket of that name; take another',
      }),
      z.refine((all) => Object.keys(all).length > 0, { error: 'expected at least one device' }),
      z.refine((all) => Object.keys(all).length <= mostDevices, { error: `at most ${mostDevices} devices` }),
    ),
})

/**
 * @param place names the text in the error: its file
 * @throws ShoalError `BOARD_INVALID` with every problem, its path and its line
 */
export function parseScript(text: string, place: string): BoardScript {
  const { value, problems, document, lines } = readYaml(text)
  if (problems.length > 0 || document === undefined) throw invalid(place, problems)
  const result = schema.safeParse(value)
  if (!result.success) {
    throw invalid(
      place,
      result.error.issues.flatMap((issue) => problemsOf(issue, [], document, lines)),
    )
  }
  const { board, seed, speed, startsAt, devices } = result.data
  return {
    name: board,
    seed,
    speed,
    startsAtS: startsAt,
    devices: Object.entries(devices).map(([key, device]) => asDevice(key, device, startsAt)),
  }
}

interface ReadText {
  readonly value?: unknown
  readonly document?: Document
  readonly lines: LineCounter
  readonly problems: readonly Problem[]
}

function readYaml(text: string): ReadText {
  const lines = new LineCounter()
  if (text.length > mostCharacters) {
    const message = `expected at most ${mostCharacters} characters, got ${text.length}`
    return { lines, problems: [{ path: '', message }] }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const problems = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0])
    return { path: `line ${line}, column ${col}`, message }
  })
  if (problems.length > 0) return { lines, problems }
  try {
    return { lines, problems, document, value: document.toJS({ maxAliasCount: 100 }) }
  } catch (error) {
    return {
      lines,
      problems: [{ path: '', message: error instanceof Error ? error.message : String(error) }],
    }
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  document: Document,
  lines: LineCounter,
): readonly Problem[] {
  const path = [...above, ...issue.path]
  const at = (message: string, keys: readonly PropertyKey[]): Problem => ({
    path: renderPath(keys),
    message: `${message}${renderLine(keys, document, lines)}`,
  })
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => at(messages[index] ?? `unknown key "${key}"`, [...path, key]))
  }
  if (issue.code === 'invalid_key') {
    return [at(issue.issues[0]?.message ?? issue.message, path)]
  }
  // Of the choices of a union that one was meant which takes the value's shape.
  const meant = issue.code === 'invalid_union' ? issue.errors.find((one) => !isOfOtherShape(one)) : undefined
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, path, document, lines))
  return [at(issue.message, path)]
}

function isOfOtherShape(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(
    ({ path, code }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'),
  )
}

/** `devices.climate.humidity.points[2].at` */
function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

/** The line of the value, or of what holds it where it is missing. */
function renderLine(path: readonly PropertyKey[], document: Document, lines: LineCounter): string {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    const offset = isNode(node) ? node.range?.[0] : undefined
    if (offset !== undefined) return ` (line ${lines.linePos(offset).line})`
  }
  return ''
}

function expectedName(input: unknown): string {
  return input === undefined ? 'is missing' : `expected a name, ${nameRule}; got ${describe(input)}`
}

function invalid(place: string, problems: readonly Problem[]): ShoalError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new ShoalError('BOARD_INVALID', {
    action: 'read',
    object: 'the script of a board',
    place,
    reason: `${count}; nothing was started\n${renderProblems(problems)}`,
    nextStep: 'docs/simulated-board.md has every key',
  })
}
