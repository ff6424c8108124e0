// Which options of a request and of its answer pass the reverse proxy, and which it answers for itself (RFC 7252 §5.7).
import { findTexts, textOption } from '../../../coap/codec/option-value.ts'
import { type CoapOption, isUnsafe, OptionNumber, optionDefinition } from '../../../coap/options.ts'

/** Spent at the proxy: addressing, blocks (each side has its own), and what the client's own fields carry. */
const spent: ReadonlySet<number> = new Set([
  OptionNumber.UriHost,
  OptionNumber.UriPort,
  OptionNumber.UriPath,
  OptionNumber.UriQuery,
  OptionNumber.Observe,
  OptionNumber.Block1,
  OptionNumber.Block2,
  OptionNumber.Size1,
  OptionNumber.Size2,
  OptionNumber.RequestTag,
  OptionNumber.Accept,
  OptionNumber.ContentFormat,
])

/** Of an answer: the reply's own fields carry the first three. */
const spentInAnswer: ReadonlySet<number> = new Set([
  OptionNumber.ContentFormat,
  OptionNumber.MaxAge,
  OptionNumber.LocationPath,
  OptionNumber.Observe,
  OptionNumber.Block1,
  OptionNumber.Block2,
  OptionNumber.Size1,
  OptionNumber.Size2,
])

/** A proxy must refuse what it does not know and may not forward (RFC 7252 §5.7.1, §5.4.2). */
export function unforwardable(options: readonly CoapOption[]): CoapOption | undefined {
  return options.find(({ number }) => isUnsafe(number) && optionDefinition(number) === undefined)
}

/** Those of a request that go on to the instance. */
export function forwardedOptions(options: readonly CoapOption[]): readonly CoapOption[] {
  return options.filter(({ number }) => !spent.has(number))
}

/** Those of an answer that go back to the client; a location of the instance becomes one below the proxy's path. */
export function returnedOptions(
  options: readonly CoapOption[],
  prefix: readonly string[],
): readonly CoapOption[] {
  const location = findTexts(options, OptionNumber.LocationPath)
  const moved = location.length === 0 ? [] : [...prefix, ...location]
  return [
    ...moved.map((segment) => textOption(OptionNumber.LocationPath, segment)),
    ...options.filter(({ number }) => !spentInAnswer.has(number)),
  ]
}
