// Reading CoRE link format (RFC 6690 §2): what others say of their resources.
import type { Link } from './link-format.ts'

/** RFC 5987 §3.2.1 `parmname`, with the star of an extended value. */
const attributeName = /[\w!#$&+\-.^`|~]+\*?/y
/** `ptoken`, and what careless senders put there: anything that does not end the attribute. */
const bareValue = /[^\s",;<>]+/y
const quotedValue = /"((?:[^"\\]|\\.)*)"/sy
/** A URI-Reference; that it is a good one is for those to find out who resolve it. */
const target = /<([^<>\s]*)>/y
const space = /\s*/y

/** What is wrong, and at which character it stands. */
export interface LinkProblem {
  readonly problem: string
}

/**
 * `</sensors>;ct=40;title="Sensor Index",</firmware>;sz=262144`. An attribute without a value has an empty one. Where a link names one
 * twice, the first counts (§3.1 and §3.2 ask that of `rt` and `if`).
 */
export function parseLinks(text: string): readonly Link[] | LinkProblem {
  const reader = new Reader(text)
  const links: Link[] = []
  reader.take(space)
  while (!reader.isAtEnd) {
    if (links.length > 0 && reader.take(/,\s*/y) === undefined) return reader.problem('a comma')
    const link = parseLink(reader)
    if ('problem' in link) return link
    links.push(link)
  }
  return links
}

function parseLink(reader: Reader): Link | LinkProblem {
  const reference = reader.take(target)
  if (reference === undefined) return reader.problem('a target in angle brackets')
  const attributes = new Map<string, string>()
  while (reader.take(/\s*;\s*/y) !== undefined) {
    const name = reader.take(attributeName)
    if (name === undefined) return reader.problem('the name of an attribute')
    let value = ''
    if (reader.take(/\s*=\s*/y) !== undefined) {
      const quoted = reader.take(quotedValue)
      const read = quoted?.replace(/\\(.)/gs, '$1') ?? reader.take(bareValue)
      if (read === undefined) return reader.problem(`a value of ${name}`)
      value = read
    }
    if (!attributes.has(name)) attributes.set(name, value)
  }
  reader.take(space)
  return { target: reference, attributes: Object.fromEntries(attributes) }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  /** Goes past what the sticky pattern matches here. @returns its group, or all of it; undefined where it does not match */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at += match[0].length
    return match[1] ?? match[0]
  }

  problem(expected: string): LinkProblem {
    const found = this.isAtEnd ? 'the end' : JSON.stringify(this.#text.slice(this.#at, this.#at + 16))
    return { problem: `link format: expected ${expected} at character ${this.#at + 1}, found ${found}` }
  }
}
