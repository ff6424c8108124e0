// What is wrong in a list of numbers, and where.

/** A payload that is not a list of numbers. The message is the diagnostic payload of the 4.00 answer (RFC 7252 §5.5.2). */
export class BadNumbers extends Error {
  constructor(reason: string, where?: { readonly index: number; readonly byte: number }) {
    super(where === undefined ? reason : `index ${where.index}, byte ${where.byte}: ${reason}`)
    this.name = 'BadNumbers'
  }
}

/** Beyond it two neighbouring integers are one and the same double: a number would come back changed. */
export function isSafe(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

export const safeRange = `the safe range is ±${Number.MAX_SAFE_INTEGER}`
