// A map of the Compose file with known keys: each is honoured, with a reader, or refused, with the reason. None is passed over.
import { nearestKey } from '../problems.ts'
import type { Findings, Mode } from './findings.ts'
import type { Located } from './located.ts'
import { expected, type Reader } from './read-value.ts'

/** What readers have found so far of a `Draft`; a value that was wrong is nothing. */
export type Patch<Draft> = { readonly [Key in keyof Draft]?: Draft[Key] | undefined }

export interface Honoured<Draft> extends DescribedKey {
  readonly read: Reader<Patch<Draft>>
}

export interface DescribedKey {
  readonly kind: 'honoured'
  /** What the key means: its row in docs/compose.md, or in docs/compose-cluster.md where cluster mode differs. */
  readonly meaning: string
  /** The maps below the key, by what stands between: nothing, `[]` for the items of a list, `.NAME` for names of the user's. */
  readonly within: Readonly<Record<string, DescribedSection>>
}

/** A section without its readers: what a page about the keys needs. */
export interface DescribedSection {
  readonly keys: Readonly<Record<string, DescribedKey | Refused | DescribedByMode>>
}

export interface DescribedByMode {
  readonly kind: 'by-mode'
  readonly pair: DescribedKey | Refused
  readonly cluster: DescribedKey | Refused
}

export interface Refused {
  readonly kind: 'refused'
  /** Why, and what to do instead: its row in docs/compose.md, and the message. */
  readonly reason: string
}

export type Rule<Draft> = Honoured<Draft> | Refused

/** A key that the two modes take differently. */
export interface ByMode<Draft> {
  readonly kind: 'by-mode'
  readonly pair: Rule<Draft>
  readonly cluster: Rule<Draft>
}

export interface Section<Draft> {
  readonly keys: Readonly<Record<string, Rule<Draft> | ByMode<Draft>>>
  /** Keys that people write here though they stand elsewhere: key to its right path. */
  readonly misplaced?: Readonly<Record<string, string>>
  /** Whether `x-…` keys may stand here, which Compose ignores. */
  readonly extensible: boolean
}

/** A key that becomes one member of the draft. */
export function honoured<Member extends string, T>(
  meaning: string,
  member: Member,
  reader: Reader<T>,
  within: DescribedKey['within'] = {},
): Honoured<Readonly<Record<Member, T>>> {
  const read: Reader<Patch<Record<Member, T>>> = (value, findings) =>
    // A computed name has no type of its own.
    ({ [member]: reader(value, findings) }) as Patch<Record<Member, T>>
  return { kind: 'honoured', meaning, within, read }
}

/** A key that is a map with keys of its own. */
export function nested<Member extends string, Draft>(
  meaning: string,
  member: Member,
  section: Section<Draft>,
): Honoured<Readonly<Record<Member, Patch<Draft>>>> {
  const reader: Reader<Patch<Draft>> = (value, findings) => readSection(section, value, findings)
  return honoured(meaning, member, reader, { '': section })
}

/** A key whose value must be right and changes nothing. */
export function checked(meaning: string, reader: Reader<unknown>): Honoured<never> {
  const read: Reader<Patch<never>> = (value, findings) => {
    reader(value, findings)
    return undefined
  }
  return { kind: 'honoured', meaning, within: {}, read }
}

export function refused(reason: string): Refused {
  return { kind: 'refused', reason }
}

/** The same keys, some of which cluster mode takes differently. */
export function withCluster<Draft>(
  keys: Readonly<Record<string, Rule<Draft>>>,
  cluster: Readonly<Record<string, Rule<Draft>>>,
): Section<Draft>['keys'] {
  const differing = Object.entries(cluster).map(([key, rule]): [string, ByMode<Draft>] => {
    const pair = keys[key]
    if (pair === undefined) throw new RangeError(`${key}: pair mode has no such key`)
    return [key, { kind: 'by-mode', pair, cluster: rule }]
  })
  return { ...keys, ...Object.fromEntries(differing) }
}

function ruleFor<Draft>(section: Section<Draft>, key: string, mode: Mode): Rule<Draft> | undefined {
  const rule = Object.hasOwn(section.keys, key) ? section.keys[key] : undefined
  return rule?.kind === 'by-mode' ? rule[mode] : rule
}

/** Reads a map by its section; a key that is unknown or refused becomes a problem. */
export function readSection<Draft>(
  section: Section<Draft>,
  value: Located,
  findings: Findings,
): Patch<Draft> {
  let draft: Patch<Draft> = {}
  if (value.kind !== 'map') {
    expected(value, findings, 'a map')
    return draft
  }
  for (const [key, entry] of value.entries) {
    const rule = ruleFor(section, key, findings.mode)
    if (rule?.kind === 'honoured') {
      draft = { ...draft, ...rule.read(entry.value, findings) }
    } else if (rule?.kind === 'refused') {
      findings.problem(entry.key, `${findings.mode} mode does not honour ${key}: ${rule.reason}`)
    } else if (!(section.extensible && key.startsWith('x-'))) {
      findings.problem(entry.key, unknownKey(section, key))
    }
  }
  return draft
}

function unknownKey<Draft>(section: Section<Draft>, key: string): string {
  const elsewhere = section.misplaced !== undefined && Object.hasOwn(section.misplaced, key)
  if (elsewhere) return `unknown key "${key}" here; it stands under ${section.misplaced?.[key]}`
  const known = Object.keys(section.keys)
  const nearest = nearestKey(key, known)
  if (nearest !== undefined) return `unknown key "${key}"; did you mean "${nearest}"?`
  // A service has some ninety keys: a list of them would bury the other problems.
  return known.length > 20
    ? `unknown key "${key}"; the Compose specification has none of this name here`
    : `unknown key "${key}"; known here: ${known.join(', ')}`
}
