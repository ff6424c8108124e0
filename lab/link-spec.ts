// What a topology says of the links: which kind joins which hosts, with which figures.
import { nearestKey } from '../src/model/problems.ts'
import { isLinkKind, type LinkKindName, linkKinds } from './links/kinds.ts'
import type { Figures, LinkKind } from './links/link-kind.ts'
import type { NumberBounds, Piece } from './yaml-piece.ts'

export interface LinkSpec {
  readonly kind: LinkKindName
  /** Hosts with a wire to the switch, or the two ends of a cable. */
  readonly hosts: readonly string[]
  readonly figures: Figures
}

const figureBounds: Readonly<Record<keyof Figures, NumberBounds>> = {
  rateMbit: { min: 0.1, max: 10_000 },
  delayMs: { min: 0, max: 10_000 },
  jitterMs: { min: 0, max: 10_000 },
  lossPercent: { min: 0, max: 90 },
}
const figureKeys = Object.keys(figureBounds) as (keyof Figures)[]
export const linkKeys = ['kind', 'hosts', 'between', ...figureKeys] as const

/** One Ethernet link for all: what a topology without `links` means. */
export function ethernetForAll(hosts: readonly string[]): readonly LinkSpec[] {
  return [{ kind: 'ethernet', hosts, figures: linkKinds.ethernet.defaults }]
}

/** Reads `links` of a topology with these hosts; what is wrong is noted in the pieces. */
export function readLinks(list: Piece, hostNames: readonly string[]): readonly LinkSpec[] {
  const joined: Joined = { hostNames, toSwitch: new Map(), pairs: new Map() }
  const pieces = list.list() ?? []
  const links = pieces.flatMap((piece) => readLink(piece, joined) ?? [])
  // A link that cannot be read may be the one that a host is on.
  if (links.length < pieces.length) return links
  const onLink = new Set(links.flatMap(({ hosts }) => hosts))
  for (const name of hostNames) {
    if (!onLink.has(name)) list.problem(`host "${name}" is on no link`)
  }
  return links
}

/** What the links before this one have joined: the path where a host, or a pair, was first named. */
interface Joined {
  readonly hostNames: readonly string[]
  readonly toSwitch: Map<string, string>
  readonly pairs: Map<string, string>
}

function readLink(piece: Piece, joined: Joined): LinkSpec | undefined {
  const keys = piece.mapping(linkKeys)
  if (keys === undefined) return undefined
  if (keys.kind === undefined)
    return piece.problem(`a link needs a kind: ${Object.keys(linkKinds).join(', ')}`)
  const name = readKind(keys.kind)
  if (name === undefined) return undefined
  const kind: LinkKind = linkKinds[name]
  const [named, other] =
    kind.joins === 'switch' ? (['hosts', 'between'] as const) : (['between', 'hosts'] as const)
  keys[other]?.problem(`a link of kind ${name} names its hosts under "${named}"`)
  const ends = keys[named]
  if (ends === undefined && keys[other] === undefined)
    piece.problem(`a link of kind ${name} needs "${named}"`)
  const hosts = ends === undefined ? [] : readEnds(ends, kind, joined)
  const figures = { ...kind.defaults }
  for (const key of figureKeys) {
    if (keys[key] === undefined) continue
    if (kind.settable.includes(key)) figures[key] = keys[key].number(figureBounds[key]) ?? figures[key]
    else keys[key].problem(`a link of kind ${name} takes ${kind.settable.join(', ')} only`)
  }
  return { kind: name, hosts, figures }
}

function readKind(piece: Piece): LinkKindName | undefined {
  const name = piece.string()
  if (name === undefined || isLinkKind(name)) return name
  const known = Object.keys(linkKinds)
  const nearest = nearestKey(name, known)
  const hint = nearest === undefined ? `known: ${known.join(', ')}` : `did you mean "${nearest}"?`
  return piece.problem(`unknown link kind "${name}"; ${hint}`)
}

function readEnds(list: Piece, kind: LinkKind, joined: Joined): readonly string[] {
  const pieces = list.list()
  if (pieces === undefined) return []
  const hosts = pieces.flatMap((piece) => readEnd(piece, kind, joined) ?? [])
  if (kind.joins === 'switch') {
    if (pieces.length === 0) list.problem('expected one host or more')
    return hosts
  }
  if (pieces.length !== 2) list.problem(`expected two hosts, got ${pieces.length}`)
  else if (hosts.length === 2) checkPair(list, hosts, joined)
  return hosts
}

function readEnd(piece: Piece, kind: LinkKind, { hostNames, toSwitch }: Joined): string | undefined {
  const name = piece.string()
  if (name === undefined) return undefined
  if (!hostNames.includes(name)) {
    const nearest = nearestKey(name, hostNames)
    return piece.problem(`no host "${name}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`)
  }
  if (kind.joins === 'switch') {
    const first = toSwitch.get(name)
    if (first !== undefined) return piece.problem(`host "${name}" is on the switch already, by ${first}`)
    toSwitch.set(name, piece.path)
  }
  return name
}

function checkPair(list: Piece, hosts: readonly string[], { pairs }: Joined): void {
  const [one = '', other = ''] = hosts
  if (one === other) list.problem(`a cable from "${one}" to itself`)
  const pair = [...hosts].sort().join(' ')
  const first = pairs.get(pair)
  if (first !== undefined) list.problem(`"${one}" and "${other}" are joined already, by ${first}`)
  else pairs.set(pair, list.path)
}
