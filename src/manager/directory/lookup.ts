// Lookups in the directory (RFC 9176 §6): which links a query asks for, and which page of them. Pure.
import { type Link, matchesLink } from '../../coap/link-format.ts'
import type { LocatedEntry } from './directory-entry.ts'

export type LookupKind = 'resources' | 'endpoints'

/** @returns what is wrong with the query, naming the parameter */
export function lookUp(
  kind: LookupKind,
  entries: readonly LocatedEntry[],
  query: readonly string[],
): readonly Link[] | { readonly problem: string } {
  const page = parsePage(query)
  if ('problem' in page) return page
  const criteria = query.filter((argument) => !isPaging(argument))
  const found =
    kind === 'resources'
      ? entries.flatMap((entry) => matchingResources(entry, criteria))
      : entries.filter((entry) => matchesEndpoint(entry, criteria)).map(({ endpointLink }) => endpointLink)
  return page.count === undefined ? found : found.slice(page.first, page.first + page.count)
}

/** §6.2: a criterion is met by the resource itself or by its endpoint. */
function matchingResources({ endpointLink, resourceLinks }: LocatedEntry, criteria: readonly string[]) {
  const left = criteria.filter((criterion) => !matchesLink(endpointLink, criterion))
  return resourceLinks.filter((link) => left.every((criterion) => matchesLink(link, criterion)))
}

/** §6.2: a criterion is met by the endpoint itself or by any of its resources, each criterion by another if need be. */
function matchesEndpoint(
  { endpointLink, resourceLinks }: LocatedEntry,
  criteria: readonly string[],
): boolean {
  return criteria.every((criterion) =>
    [endpointLink, ...resourceLinks].some((link) => matchesLink(link, criterion)),
  )
}

interface Page {
  /** Links before it. */
  readonly first: number
  /** All that follow, where it is left out. */
  readonly count: number | undefined
}

/** §6.2: pages are counted from 0, and `page` says nothing without `count`. */
function parsePage(query: readonly string[]): Page | { readonly problem: string } {
  const values: Record<string, number> = {}
  for (const argument of query.filter(isPaging)) {
    const [name = '', text = ''] = argument.split('=', 2)
    if (!/^\d{1,9}$/.test(text)) return { problem: `${name}: expected a number, got "${text}"` }
    if (name in values) return { problem: `${name}: stands more than once` }
    values[name] = Number(text)
  }
  const { page, count } = values
  if (page !== undefined && count === undefined)
    return { problem: 'page: needs count, the number of links on a page' }
  if (count === 0) return { problem: 'count: expected at least 1, got 0' }
  return { first: (page ?? 0) * (count ?? 0), count }
}

function isPaging(argument: string): boolean {
  return /^(page|count)(=|$)/.test(argument)
}
