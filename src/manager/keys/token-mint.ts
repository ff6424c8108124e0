// Makes and judges the tokens that devices join with. A token is kept nowhere: the join key proves it.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'
import { type JoinToken, parseJoinToken, renderJoinToken, signedPart } from '../../model/join-token.ts'
import { writeWhole } from '../../worker/write-whole.ts'
import { fingerprintOf } from './judge-certificate.ts'
import { keyFiles, type LastingKeys, readKeyFile, readLastingKeys } from './key-files.ts'

export type TokenJudgement = 'valid' | 'expired' | 'wrong' | 'other-cluster'

const macBytes = 16

export class TokenMint {
  readonly #folder: string
  readonly #fingerprint: string
  #joinKey: Buffer

  constructor(folder: string, keys: LastingKeys) {
    this.#folder = folder
    this.#fingerprint = fingerprintOf(keys.authority.certificatePem)
    this.#joinKey = keys.joinKey
  }

  /** Of a manager that has been started before, beside it or without it. Throws ShoalError KEYS_ABSENT, KEYS_DAMAGED, FILE_UNREADABLE. */
  static async open(folder: string): Promise<TokenMint> {
    const keys = await readLastingKeys(folder)
    if (keys !== undefined) return new TokenMint(folder, keys)
    throw new ShoalError('KEYS_ABSENT', {
      action: 'open',
      object: 'the keys of the cluster',
      place: folder,
      reason: 'there are none: the manager makes them at its first start',
      nextStep: 'shoal manager start, or name another folder with --data',
    })
  }

  /** @param validMs how long it holds */
  issue({ validMs, nowMs }: { readonly validMs: number; readonly nowMs: number }): string {
    const unsigned = { fingerprint: this.#fingerprint, expiresAtS: Math.ceil((nowMs + validMs) / 1000) }
    return renderJoinToken({ ...unsigned, mac: this.#mac(unsigned).toString('base64url') })
  }

  /** Throws ShoalError TOKEN_INVALID for a text that is no token. */
  judge(text: string, nowMs: number): TokenJudgement {
    const token = parseJoinToken(text)
    if (token.fingerprint !== this.#fingerprint) return 'other-cluster'
    const given = Buffer.from(token.mac, 'base64url')
    if (given.length !== macBytes || !timingSafeEqual(given, this.#mac(token))) return 'wrong'
    return token.expiresAtS * 1000 < nowMs ? 'expired' : 'valid'
  }

  /** From now on every token that was issued before is wrong. */
  async rotate(): Promise<void> {
    const key = randomBytes(32)
    await writeWhole(join(this.#folder, keyFiles.joinKey), key, 0o600)
    this.#joinKey = key
  }

  /** Takes up a key that another process wrote: `shoal manager token --rotate` beside a running manager. */
  async reread(): Promise<void> {
    const key = await readKeyFile(this.#folder, keyFiles.joinKey)
    if (key !== undefined && key.length === this.#joinKey.length) this.#joinKey = key
  }

  #mac(token: Omit<JoinToken, 'mac'>): Buffer {
    return createHmac('sha256', this.#joinKey).update(signedPart(token)).digest().subarray(0, macBytes)
  }
}
