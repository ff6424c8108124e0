// Where a request goes: a URI with the options that say so (RFC 7252 §6.4).
import { textOption } from '../codec/option-value.ts'
import { type CoapOption, OptionNumber } from '../options.ts'
import { type CoapUri, parseCoapUri } from '../uri.ts'

export interface Target extends CoapUri {
  /** Uri-Host, where the host is a name, and Uri-Path. Uri-Port is implied by the datagram. */
  readonly pathOptions: readonly CoapOption[]
  readonly queryOptions: readonly CoapOption[]
}

const maxKept = 64

/** Keeps the targets of the URIs used last: the same few are asked again and again. */
export class Targets {
  readonly #kept = new Map<string, Target>()

  /** Throws `CoapError` (`bad-uri`). */
  of(uri: string): Target {
    let target = this.#kept.get(uri)
    if (target === undefined) {
      target = toTarget(parseCoapUri(uri))
      if (this.#kept.size === maxKept) this.#kept.clear()
      this.#kept.set(uri, target)
    }
    return target
  }
}

function toTarget(uri: CoapUri): Target {
  const pathOptions = uri.path.map((segment) => textOption(OptionNumber.UriPath, segment))
  if (uri.family === 0) pathOptions.unshift(textOption(OptionNumber.UriHost, uri.host))
  const queryOptions = uri.query.map((argument) => textOption(OptionNumber.UriQuery, argument))
  return { ...uri, pathOptions, queryOptions }
}
