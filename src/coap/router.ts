// Resources and the way of a request to its handler.
import { Code, methodName } from './codes.ts'
import { ContentFormat } from './content-format.ts'
import { type Link, matchLinks, renderLinks } from './link-format.ts'
import type { CoapOption } from './options.ts'

export interface CoapRequest {
  /** A method of `Code`. */
  readonly method: number
  readonly path: readonly string[]
  readonly query: readonly string[]
  /** The whole body, however many blocks it came in. */
  readonly payload: Uint8Array
  readonly contentFormat: number | undefined
  readonly accept: number | undefined
  readonly options: readonly CoapOption[]
  readonly remote: { readonly address: string; readonly port: number }
  /** Aborted when the server stops: the answer is then of no use. */
  readonly signal: AbortSignal
  /** The payload as UTF-8. */
  text(): string
}

export interface CoapReply {
  /** A response code of `Code`. */
  readonly code: number
  /** Of any length: what one datagram does not carry goes block by block. */
  readonly payload?: Uint8Array | string
  readonly contentFormat?: number
  /** Seconds (RFC 7252 §5.10.5). */
  readonly maxAge?: number
  /** 1 to 8 bytes. */
  readonly etag?: Uint8Array
  readonly options?: readonly CoapOption[]
}

export type Handler = (request: CoapRequest) => CoapReply | Promise<CoapReply>

/** Tells the listener whenever the representation that this request asks for has changed. @returns ends it */
export type Changes = (request: CoapRequest, listener: () => void) => () => void

export interface Resource {
  /** `rt`, `if`, `ct`, `title` … for /.well-known/core (RFC 6690 §3). */
  readonly attributes?: Readonly<Record<string, string>>
  readonly get?: Handler
  readonly put?: Handler
  readonly post?: Handler
  readonly delete?: Handler
  readonly fetch?: Handler
  /** Takes any method that has no handler of its own, registered or not: a proxy's. */
  readonly any?: Handler
  /** The resource can be observed (RFC 7641): a GET that asks so is answered again after each change. */
  readonly changes?: Changes
  /** Content-Formats of request bodies; any other is answered 4.15. */
  readonly consumes?: readonly number[]
  /** Content-Formats of answers; a request that accepts none of them is answered 4.06. */
  readonly produces?: readonly number[]
  /** Critical options beyond those of addressing and blocks that the handlers honour, such as If-Match; any other is answered 4.02. */
  readonly understands?: readonly number[] | 'all'
}

const wellKnownCore = '/.well-known/core'

/** Resources by their path; one of them is the list of all (RFC 6690 §4). */
export class Router {
  readonly #resources = new Map<string, Resource>()
  /** Each takes its own path and all below it that nobody else has. */
  readonly #trees = new Map<string, Resource>()
  readonly #links: Link[] = []
  readonly #sources: (() => readonly Link[])[] = []

  constructor() {
    const core: Resource = {
      produces: [ContentFormat.LinkFormat],
      get: ({ query }) => ({
        code: Code.Content,
        contentFormat: ContentFormat.LinkFormat,
        payload: renderLinks(matchLinks(this.#allLinks(), query)),
      }),
    }
    this.#resources.set(keyOf(parsePath(wellKnownCore)), core)
  }

  /** `/average`; `/` is the root. Throws `RangeError` for a path that is not absolute or is taken. */
  add(path: string, resource: Resource): this {
    const segments = parsePath(path)
    const key = keyOf(segments)
    if (this.#resources.has(key)) throw new RangeError(`${path}: there is a resource already`)
    this.#resources.set(key, resource)
    this.#links.push(linkOf(segments, resource))
    return this
  }

  /**
   * Serves the path and everything below it that has no resource of its own; the longest such path wins. It is listed among the links
   * where it has attributes. Throws `RangeError` as `add` does.
   */
  addTree(path: string, resource: Resource): this {
    const segments = parsePath(path)
    const key = keyOf(segments)
    if (this.#trees.has(key)) throw new RangeError(`${path}: there is a tree already`)
    this.#trees.set(key, resource)
    if (resource.attributes !== undefined) this.#links.push(linkOf(segments, resource))
    return this
  }

  /** Links that change, listed beside those of the resources. */
  addLinks(source: () => readonly Link[]): this {
    this.#sources.push(source)
    return this
  }

  /** All resources in link format, as /.well-known/core gives them. */
  links(): string {
    return renderLinks(this.#allLinks())
  }

  /** Whether the resource at this path honours the critical option, beyond what every resource does. */
  understands(path: readonly string[], optionNumber: number): boolean {
    const understands = this.#find(path)?.understands
    return understands === 'all' || (understands?.includes(optionNumber) ?? false)
  }

  /** The error that a request gets whatever its body is: 4.04, 4.05, 4.06 or 4.15; undefined where it may go on to its handler. */
  refuse(request: Omit<CoapRequest, 'payload' | 'text' | 'signal'>): CoapReply | undefined {
    const resource = this.#find(request.path)
    if (resource === undefined)
      return { code: Code.NotFound, payload: `no resource /${request.path.join('/').slice(0, 64)}` }
    const { method, accept, contentFormat } = request
    if (handlerOf(resource, method) === undefined) {
      const allowed = methods.filter((each) => handlerOf(resource, each) !== undefined).map(methodName)
      return {
        code: Code.MethodNotAllowed,
        payload: `${methodName(method)} is not among ${allowed.join(', ')}`,
      }
    }
    const { consumes, produces } = resource
    if (consumes !== undefined && contentFormat !== undefined && !consumes.includes(contentFormat)) {
      return {
        code: Code.UnsupportedContentFormat,
        payload: `content-format ${contentFormat} is not among ${consumes.join(', ')}`,
      }
    }
    if (produces !== undefined && accept !== undefined && !produces.includes(accept)) {
      return {
        code: Code.NotAcceptable,
        payload: `content-format ${accept} is not among ${produces.join(', ')}`,
      }
    }
    return undefined
  }

  /** The handler's answer, or `refuse`'s. Throws and rejects as the handler does. */
  dispatch(request: CoapRequest): CoapReply | Promise<CoapReply> {
    const refusal = this.refuse(request)
    if (refusal !== undefined) return refusal
    const resource = this.#find(request.path)
    const handler = resource === undefined ? undefined : handlerOf(resource, request.method)
    return handler?.(request) ?? { code: Code.NotFound }
  }

  /** How an observer hears of changes; undefined where the resource cannot be observed. */
  changes(path: readonly string[]): Changes | undefined {
    return this.#find(path)?.changes
  }

  #find(path: readonly string[]): Resource | undefined {
    const exact = this.#resources.get(keyOf(path))
    if (exact !== undefined || this.#trees.size === 0) return exact
    for (let length = path.length; length >= 0; length -= 1) {
      const tree = this.#trees.get(keyOf(path.slice(0, length)))
      if (tree !== undefined) return tree
    }
    return undefined
  }

  #allLinks(): readonly Link[] {
    return this.#sources.length === 0
      ? this.#links
      : [...this.#links, ...this.#sources.flatMap((source) => source())]
  }
}

const methods = [Code.Get, Code.Put, Code.Post, Code.Delete, Code.Fetch] as const

function handlerOf(resource: Resource, method: number): Handler | undefined {
  return ownHandlerOf(resource, method) ?? resource.any
}

function ownHandlerOf(resource: Resource, method: number): Handler | undefined {
  switch (method) {
    case Code.Get:
      return resource.get
    case Code.Put:
      return resource.put
    case Code.Post:
      return resource.post
    case Code.Delete:
      return resource.delete
    case Code.Fetch:
      return resource.fetch
    default:
      return undefined
  }
}

function linkOf(segments: readonly string[], { attributes, changes }: Resource): Link {
  const obs = changes === undefined ? {} : { obs: '' }
  return {
    target: `/${segments.map(encodeURIComponent).join('/')}`,
    attributes: { ...attributes, ...obs },
  }
}

function parsePath(path: string): readonly string[] {
  if (!path.startsWith('/')) throw new RangeError(`${path}: a path begins with /`)
  return path === '/' ? [] : path.slice(1).split('/').map(decodeURIComponent)
}

/** A segment may contain a slash of its own (RFC 7252 §6.5), so they are joined by what no text contains. */
function keyOf(segments: readonly string[]): string {
  return segments.length === 1 ? (segments[0] ?? '') : segments.join('\u0000')
}
