// Tokens: what pairs a response with its request (RFC 7252 §5.3.1).
import { randomFillSync } from 'node:crypto'

const tokenBytes = 6
const tokensPerDraw = 512

/**
 * Makes tokens of 48 random bits: more than the 32 that §5.3.1 asks against forged answers, and few enough to be a number. They are
 * drawn many at a time: asking the system for each is dear.
 */
export class TokenSource {
  #drawn = new Uint8Array(0)
  #at = 0

  next(): Uint8Array {
    if (this.#at === this.#drawn.length) {
      this.#drawn = randomFillSync(new Uint8Array(tokenBytes * tokensPerDraw))
      this.#at = 0
    }
    const start = this.#at
    this.#at += tokenBytes
    return this.#drawn.subarray(start, this.#at)
  }
}

/** The token as a key for maps; undefined for one that no `TokenSource` makes. */
export function tokenKey(token: Uint8Array): number | undefined {
  if (token.length !== tokenBytes) return undefined
  let key = 0
  for (let i = 0; i < tokenBytes; i++) key = key * 256 + (token[i] ?? 0)
  return key
}
