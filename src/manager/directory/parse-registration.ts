// The query of a registration and of its update (RFC 9176 §5, §5.3.1): what an endpoint says of itself. Pure.

/** §9.3: what an endpoint may say in the query. */
export interface RegistrationParameters {
  readonly endpoint: string | undefined
  readonly sector: string | undefined
  readonly lifetimeS: number | undefined
  readonly base: string | undefined
  readonly attributes: Readonly<Record<string, string>>
}

/** §5: `ep` and `d` in bytes of UTF-8. */
const mostNameBytes = 63
/** §5: `lt` in seconds. */
const mostLifetimeS = 4_294_967_295
/** What the directory itself says of an endpoint, or asks of a lookup. */
const reserved: ReadonlySet<string> = new Set(['href', 'rt', 'anchor', 'page', 'count'])
/** A name that link format can carry (RFC 5987 `parmname`). */
const attributeName = /^[\w!#$&+\-.^`|~]+\*?$/

/** @returns what is wrong, naming the parameter */
export function parseRegistration(
  query: readonly string[],
): RegistrationParameters | { readonly problem: string } {
  const values = new Map<string, string>()
  for (const argument of query) {
    const equals = argument.indexOf('=')
    const name = equals < 0 ? argument : argument.slice(0, equals)
    const problem = refuseName(name, values)
    if (problem !== undefined) return { problem: `${name.slice(0, 64)}: ${problem}` }
    values.set(name, equals < 0 ? '' : argument.slice(equals + 1))
  }
  const { ep, d, lt, base, ...attributes } = Object.fromEntries(values)
  const problem = refuseText('ep', ep) ?? refuseText('d', d) ?? refuseLifetime(lt) ?? refuseBase(base)
  if (problem !== undefined) return { problem }
  const lifetimeS = lt === undefined ? undefined : Number(lt)
  return { endpoint: ep, sector: d, lifetimeS, base, attributes }
}

function refuseName(name: string, before: ReadonlyMap<string, string>): string | undefined {
  if (before.has(name)) return 'stands more than once'
  if (reserved.has(name)) return 'is not for an endpoint to set'
  return attributeName.test(name) ? undefined : 'is no name of an attribute'
}

function refuseText(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.byteLength(text)
  return bytes > 0 && bytes <= mostNameBytes
    ? undefined
    : `${name}: expected 1 to ${mostNameBytes} bytes, got ${bytes}`
}

function refuseLifetime(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const isLifetime = /^\d{1,10}$/.test(text) && Number(text) >= 1 && Number(text) <= mostLifetimeS
  return isLifetime ? undefined : `lt: expected 1 to ${mostLifetimeS} seconds, got "${text.slice(0, 64)}"`
}

/** A URI with an authority, and with nothing that resolving a reference would drop. */
function refuseBase(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const uri = URL.parse(text)
  const isBase = uri !== null && uri.host !== '' && uri.search === '' && uri.hash === ''
  return isBase ? undefined : `base: expected a URI such as coap://10.0.0.7:5683, got "${text.slice(0, 64)}"`
}
