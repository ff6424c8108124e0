// The directory over CoAP (RFC 9176): `/rd` registers, `/rd-lookup/res` and `/rd-lookup/ep` find, and may be observed.
import { textOption } from '../../coap/codec/option-value.ts'
import { Code } from '../../coap/codes.ts'
import { ContentFormat } from '../../coap/content-format.ts'
import { type Link, renderLinks } from '../../coap/link-format.ts'
import { OptionNumber } from '../../coap/options.ts'
import { parseLinks } from '../../coap/parse-links.ts'
import type { CoapReply, CoapRequest, Resource, Router } from '../../coap/router.ts'
import type { Directory, Refusal } from './directory.ts'
import type { LookupKind } from './lookup.ts'
import { parseRegistration } from './parse-registration.ts'

const codes: Readonly<Record<Refusal['refused'], number>> = {
  invalid: Code.BadRequest,
  unknown: Code.NotFound,
  published: Code.Forbidden,
  full: Code.ServiceUnavailable,
  'too-large': Code.RequestEntityTooLarge,
}

/** Seconds after which a full directory may have room (RFC 7252 §5.9.3.4). */
const retryAfterS = 60

export function addDirectoryResources(router: Router, directory: Directory): void {
  router
    .add('/rd', {
      attributes: { rt: 'core.rd', ct: String(ContentFormat.LinkFormat) },
      consumes: [ContentFormat.LinkFormat],
      post: (request) => register(request, directory),
    })
    .addTree('/rd', {
      produces: [ContentFormat.LinkFormat],
      get: ({ path }) => read(path, directory),
      post: (request) => update(request, directory),
      delete: ({ path }) => remove(path, directory),
    })
    .add('/rd-lookup/res', lookup('resources', 'core.rd-lookup-res', directory))
    .add('/rd-lookup/ep', lookup('endpoints', 'core.rd-lookup-ep', directory))
}

/** §5: 2.01 with the location of the registration. */
function register(request: CoapRequest, directory: Directory): CoapReply {
  const { query, payload, remote } = request
  const parameters = parseRegistration(query)
  if ('problem' in parameters) return invalid(parameters.problem)
  const tooLarge = directory.refuseSize(payload.length)
  if (tooLarge !== undefined) return refuse(tooLarge)
  const links = parseLinks(request.text())
  if ('problem' in links) return invalid(`payload: ${links.problem}`)
  const outcome = directory.register(parameters, links, payload.length, remote)
  if ('refused' in outcome) return refuse(outcome)
  return {
    code: Code.Created,
    options: ['rd', outcome.id].map((segment) => textOption(OptionNumber.LocationPath, segment)),
  }
}

/** §5.3.1 */
function update({ path, query, payload, remote }: CoapRequest, directory: Directory): CoapReply {
  const id = idOf(path)
  if (id === undefined) return noRegistration
  const parameters = parseRegistration(query)
  if ('problem' in parameters) return invalid(parameters.problem)
  if (payload.length > 0) return invalid('payload: an update has none: register anew to change the links')
  const refusal = directory.update(id, parameters, remote)
  return refusal === undefined ? { code: Code.Changed } : refuse(refusal)
}

/** §5.3.2 */
function remove(path: readonly string[], directory: Directory): CoapReply {
  const id = idOf(path)
  if (id === undefined) return noRegistration
  const refusal = directory.remove(id)
  return refusal === undefined ? { code: Code.Deleted } : refuse(refusal)
}

function read(path: readonly string[], directory: Directory): CoapReply {
  const id = idOf(path)
  if (id === undefined) return noRegistration
  const links = directory.read(id)
  return 'refused' in links ? refuse(links) : inLinkFormat(links)
}

/** §6 */
function lookup(kind: LookupKind, rt: string, directory: Directory): Resource {
  const answer = ({ query }: Pick<CoapRequest, 'query'>): CoapReply => {
    const links = directory.lookUp(kind, query)
    return 'problem' in links ? invalid(links.problem) : inLinkFormat(links)
  }
  return {
    attributes: { rt, ct: String(ContentFormat.LinkFormat) },
    produces: [ContentFormat.LinkFormat],
    get: answer,
    // Only when what this query finds has changed: the cluster's entries come anew with every report.
    changes: ({ query }, listener) => {
      let seen = answer({ query }).payload
      return directory.onChange(() => {
        const now = answer({ query }).payload
        if (now === seen) return
        seen = now
        listener()
      })
    },
  }
}

function inLinkFormat(links: readonly Link[]): CoapReply {
  return { code: Code.Content, contentFormat: ContentFormat.LinkFormat, payload: renderLinks(links) }
}

/** `['rd', '4521']` → `4521`; deeper paths name nothing. */
function idOf(path: readonly string[]): string | undefined {
  return path.length === 2 && path[1] !== '' ? path[1] : undefined
}

const noRegistration: CoapReply = { code: Code.NotFound, payload: 'a registration is /rd/ID' }

function invalid(text: string): CoapReply {
  return { code: Code.BadRequest, payload: text }
}

function refuse({ refused, text }: Refusal): CoapReply {
  return { code: codes[refused], payload: text, ...(refused === 'full' ? { maxAge: retryAfterS } : {}) }
}
