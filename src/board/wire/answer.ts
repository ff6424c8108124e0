// What a board answers: one JSON object a line, each with `ok`.

/** Why a request failed. The first five are the device's own ways to fail, the others the client's. */
export type WireError = 'busy' | 'checksum' | 'timeout' | 'stuck' | 'gone' | 'refused' | 'malformed'

export interface Reading {
  readonly name: string
  /** SenML unit (RFC 8428 §12.1); a level has none. */
  readonly unit?: string
  readonly value: number
}

export type Answer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly error: WireError; readonly text: string }

export const done: Answer = Object.freeze({ ok: true })

export function failure(error: WireError, text: string): Answer {
  return { ok: false, error, text }
}
