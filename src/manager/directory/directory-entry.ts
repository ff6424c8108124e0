// An endpoint of the directory, as it was made known, and as a lookup shows it (RFC 9176 §5, §6). Pure.
import type { Link } from '../../coap/link-format.ts'

export interface DirectoryEntry {
  /** Its name: `ep`. */
  readonly endpoint: string
  /** `d`; two endpoints of one name are two in different sectors. */
  readonly sector: string | undefined
  /** What its links are relative to: `coap://10.77.0.12:5683`. */
  readonly base: string
  /** Whatever else it says of itself: `et` … */
  readonly attributes: Readonly<Record<string, string>>
  readonly links: readonly Link[]
}

/** With every reference resolved. */
export interface LocatedEntry {
  /** `</rd/4521>;ep="node1";base="coap://10.77.0.12";rt="core.rd-ep"` (§6.4) */
  readonly endpointLink: Link
  readonly resourceLinks: readonly Link[]
}

/**
 * Targets and anchors become URIs by the base (§6.1).
 * @param location the path of the registration: `/rd/4521`
 * @returns the reference that resolves to no URI, where there is one
 */
export function locateEntry(
  entry: DirectoryEntry,
  location: string,
): LocatedEntry | { readonly unresolvable: string } {
  const { endpoint, sector, base, attributes, links } = entry
  const resourceLinks: Link[] = []
  for (const link of links) {
    const target = resolve(link.target, base)
    if (target === undefined) return { unresolvable: link.target }
    const given = link.attributes.anchor
    const anchor = given === undefined ? undefined : resolve(given, base)
    if (given !== undefined && anchor === undefined) return { unresolvable: given }
    resourceLinks.push({
      target,
      attributes: { ...link.attributes, ...(anchor === undefined ? {} : { anchor }) },
    })
  }
  const d = sector === undefined ? {} : { d: sector }
  const endpointLink = {
    target: location,
    attributes: { ep: endpoint, ...d, base, ...attributes, rt: 'core.rd-ep' },
  }
  return { endpointLink, resourceLinks }
}

/** A URI stays as it was written. */
function resolve(reference: string, base: string): string | undefined {
  if (URL.canParse(reference)) return reference
  return URL.parse(reference, base)?.href
}
