// CoRE link format (RFC 6690): how a server lists its resources, and which of them a query asks for.

export interface Link {
  /** The path, percent-encoded, with its slash; of others' resources any URI reference. */
  readonly target: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Attributes that are numbers and stand without quotes (§2: `sz`; RFC 7252 §7.2.1: `ct`). */
const numbers: ReadonlySet<string> = new Set(['ct', 'sz'])

/** Attributes whose value is a list of words; a query matches any one of them (§4.1, §3). */
const lists: ReadonlySet<string> = new Set(['rt', 'if', 'rel', 'rev', 'ct'])

/** `</average>;rt="compute";ct="0 50",</sensors>;obs`: an attribute with an empty value stands as its name alone. */
export function renderLinks(links: readonly Link[]): string {
  return links.map(renderLink).join(',')
}

function renderLink({ target, attributes }: Link): string {
  const rendered = Object.entries(attributes).map(([name, value]) => {
    if (value === '') return `;${name}`
    if (numbers.has(name) && /^\d+$/.test(value)) return `;${name}=${value}`
    return `;${name}="${value.replace(/["\\]/g, '\\$&')}"`
  })
  return `<${target}>${rendered.join('')}`
}

/** §4.1: `rt=light`, `rt=light*`, `href=/sensors/*`. Without a query every link matches; with several, those that match all. */
export function matchLinks(links: readonly Link[], query: readonly string[]): readonly Link[] {
  return links.filter((link) => query.every((argument) => matchesLink(link, argument)))
}

/** Whether the link has what one argument of a query asks for. */
export function matchesLink({ target, attributes }: Link, argument: string): boolean {
  const equals = argument.indexOf('=')
  const name = equals < 0 ? argument : argument.slice(0, equals)
  const pattern = equals < 0 ? '' : argument.slice(equals + 1)
  const value = name === 'href' ? target : Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (value === undefined) return false
  const values = lists.has(name) ? value.split(' ') : [value]
  const isPrefix = pattern.endsWith('*')
  const wanted = isPrefix ? pattern.slice(0, -1) : pattern
  return values.some((each) => (isPrefix ? each.startsWith(wanted) : each === wanted))
}
