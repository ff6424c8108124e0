// The representations that numbers come and go in, by CoAP Content-Format.
import { ContentFormat } from '../../src/coap/content-format.ts'
import { parseCborNumbers, renderCborNumber, renderCborNumbers } from './cbor-numbers.ts'
import { parseJsonNumbers, renderJsonNumbers } from './json-numbers.ts'
import { parseTextNumbers, renderTextNumbers } from './text-numbers.ts'

export interface NumberFormat {
  /** @throws BadNumbers */
  readonly parse: (payload: Uint8Array) => Float64Array
  readonly renderList: (values: Float64Array) => string | Uint8Array
  readonly renderNumber: (value: number) => string | Uint8Array
}

export const numberFormats: ReadonlyMap<number, NumberFormat> = new Map<number, NumberFormat>([
  [ContentFormat.TextPlain, { parse: parseTextNumbers, renderList: renderTextNumbers, renderNumber: String }],
  [ContentFormat.Json, { parse: parseJsonNumbers, renderList: renderJsonNumbers, renderNumber: String }],
  [
    ContentFormat.Cbor,
    { parse: parseCborNumbers, renderList: renderCborNumbers, renderNumber: renderCborNumber },
  ],
])
