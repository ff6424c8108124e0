// Located values to typed ones. A reader says what is wrong in the findings and gives nothing; it never throws.

import type { Findings, Place } from './findings.ts'
import { describeValue, type Located } from './located.ts'
import { parseByteSize } from './syntax/byte-size.ts'
import { splitCommand } from './syntax/command-words.ts'
import { parseDuration } from './syntax/duration.ts'

export type Reader<T> = (value: Located, findings: Findings) => T | undefined

/** Reports `expected WHAT, got …`. */
export function expected(value: Located, findings: Findings, what: string): undefined {
  findings.problem(value.place, `expected ${what}, got ${describeValue(value)}`)
  return undefined
}

/** A string; a number or a boolean wants quotes, as in Compose. */
export function readText(value: Located, findings: Findings): string | undefined {
  if (value.kind !== 'scalar' || value.value === null) return expected(value, findings, 'a string')
  if (typeof value.value === 'string') return value.value
  return expected(value, findings, `a string in quotes ("${value.spelling}")`)
}

/** A string, or a number as it is spelled. */
export function readTextOrNumber(value: Located, findings: Findings): string | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'number') return value.spelling
  return readText(value, findings)
}

/** A string in which something stands. */
export function readFilledText(value: Located, findings: Findings): string | undefined {
  if (value.kind === 'scalar' && value.value === '')
    return expected(value, findings, 'a string that is not empty')
  return readText(value, findings)
}

/** A string that fits a pattern. */
export function readPattern(pattern: RegExp, what: string): Reader<string> {
  return (value, findings) => {
    if (value.kind !== 'scalar' || typeof value.value !== 'string') return expected(value, findings, what)
    return pattern.test(value.value) ? value.value : expected(value, findings, what)
  }
}

/** One of some words. */
export function readOneOf<T extends string>(...words: readonly T[]): Reader<T> {
  return (value, findings) => {
    const found = value.kind === 'scalar' ? words.find((word) => word === value.value) : undefined
    return found ?? expected(value, findings, inWords(words))
  }
}

/** Words that Compose knows and Shoal does not honour: which, and why. */
export interface RefusedWords {
  readonly pattern: RegExp
  readonly reason: string
}

/** One of some words; one that is refused says why. */
export function readHonoured<const T extends string>(words: readonly T[], refused: RefusedWords): Reader<T> {
  const readWord = readOneOf(...words)
  return (value, findings) => {
    const word = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : ''
    if (!refused.pattern.test(word)) return readWord(value, findings)
    findings.problem(
      value.place,
      `${findings.mode} mode does not honour the value ${word}: ${refused.reason}`,
    )
    return undefined
  }
}

/** A boolean, or its word where a variable stood. */
export function readBoolean(value: Located, findings: Findings): boolean | undefined {
  if (value.kind === 'scalar') {
    if (typeof value.value === 'boolean') return value.value
    const word = typeof value.value === 'string' ? value.value.toLowerCase() : ''
    if (['true', 'yes', 'on', 'y'].includes(word)) return true
    if (['false', 'no', 'off', 'n'].includes(word)) return false
  }
  return expected(value, findings, 'true or false')
}

/** A number within bounds, or its digits where a variable stood. */
export function readNumber(bounds: { min: number; max?: number; whole?: boolean }): Reader<number> {
  const { min, max = Number.MAX_SAFE_INTEGER, whole = false } = bounds
  const kind = whole ? 'a whole number' : 'a number'
  const range = bounds.max === undefined ? `of ${min} or more` : `from ${min} to ${max}`
  return (value, findings) => {
    const number = value.kind === 'scalar' ? toNumber(value.value) : undefined
    if (number === undefined || number < min || number > max || (whole && !Number.isInteger(number))) {
      return expected(value, findings, `${kind} ${range}`)
    }
    return number
  }
}

export function readWhole(min: number, max?: number): Reader<number> {
  return readNumber({ min, whole: true, ...(max === undefined ? {} : { max }) })
}

/** Milliseconds of `1m30s`. */
export function readDuration(value: Located, findings: Findings): number | undefined {
  const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : ''
  return parseDuration(text) ?? expected(value, findings, 'a duration such as 1m30s (us, ms, s, m, h)')
}

/** Bytes of `64m`, or a number of bytes. */
export function readBytes(value: Located, findings: Findings): number | undefined {
  const spelling = value.kind === 'scalar' && typeof value.value !== 'boolean' ? value.spelling : ''
  return parseByteSize(spelling) ?? expected(value, findings, 'a size such as 64m or 1gb (b, k, m, g)')
}

/** Bytes, or -1 for no limit. */
export function readBytesOrUnlimited(value: Located, findings: Findings): number | undefined {
  return value.kind === 'scalar' && value.spelling === '-1' ? -1 : readBytes(value, findings)
}

export function readList<T>(item: Reader<T>, options: { unique?: boolean } = {}): Reader<readonly T[]> {
  return (value, findings) => {
    if (value.kind !== 'list') return expected(value, findings, 'a list')
    const seen = new Map<string, Place>()
    return value.items.flatMap((entry) => {
      const spelling = entry.kind === 'scalar' ? entry.spelling : undefined
      const first = spelling === undefined ? undefined : seen.get(spelling)
      if (options.unique === true && first !== undefined) {
        findings.problem(entry.place, `written twice, first at ${first.line}:${first.column}`)
      }
      if (spelling !== undefined) seen.set(spelling, entry.place)
      const read = item(entry, findings)
      return read === undefined ? [] : [read]
    })
  }
}

/** One, or a list of them. */
export function readOneOrMore<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, findings) => {
    if (value.kind === 'list') return readList(item, { unique: true })(value, findings)
    const one = item(value, findings)
    return one === undefined ? undefined : [one]
  }
}

/** Where the file may say nothing in words: `command:`. */
export function readUnlessNothing<T>(reader: Reader<T>): Reader<T> {
  return (value, findings) => {
    if (value.kind === 'scalar' && value.value === null) return undefined
    return reader(value, findings)
  }
}

/** A string; an empty one, which a variable may leave, is nothing. */
export function readOrNothing(value: Located, findings: Findings): string | undefined {
  return readText(value, findings) || undefined
}

/** A list of words, or one string that is split as a shell would. */
export function readCommand(value: Located, findings: Findings): readonly string[] | undefined {
  if (value.kind === 'map') return expected(value, findings, 'a string or a list of strings')
  if (value.kind === 'list') return readList(readText)(value, findings)
  const text = readText(value, findings)
  if (text === undefined) return undefined
  const split = splitCommand(text)
  if (split.ok) return split.words
  findings.problem(value.place, split.problem)
  return undefined
}

function toNumber(value: string | number | boolean | null): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

function inWords(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
