// The manager's key folder: all that it keeps outside Swarm. Whoever has it can speak for the cluster.
import { createHmac } from 'node:crypto'
import { ShoalError } from '../../model/errors.ts'
import type { KeyPairPem } from './certificates.ts'
import { fingerprintOf } from './judge-certificate.ts'
import { type LastingKeys, makeLastingKeys, openServerKeys, readLastingKeys } from './key-files.ts'
import { type TokenJudgement, TokenMint } from './token-mint.ts'

export interface RegistryCredentials {
  readonly username: string
  readonly password: string
}

const registryUser = 'shoal'

export class KeyFolder {
  readonly folder: string
  readonly authorityPem: string
  /** SHA-256 of the authority's certificate, base64url. */
  readonly fingerprint: string
  readonly server: KeyPairPem
  readonly registry: RegistryCredentials
  readonly #authorityKeyPem: string
  readonly #mint: TokenMint

  private constructor(folder: string, lasting: LastingKeys, server: KeyPairPem) {
    this.folder = folder
    this.authorityPem = lasting.authority.certificatePem
    this.fingerprint = fingerprintOf(lasting.authority.certificatePem)
    this.server = server
    this.registry = { username: registryUser, password: lasting.registryPassword }
    this.#authorityKeyPem = lasting.authority.keyPem
    this.#mint = new TokenMint(folder, lasting)
  }

  /**
   * Opens the folder, and makes all of it where there is none. One process at a time (ManagerLock).
   * @param names IP addresses and host names that the manager is reached by
   * @throws ShoalError KEYS_DAMAGED where a part of an older folder is missing or unreadable, FILE_UNREADABLE, FILE_UNWRITABLE
   */
  static async open(
    folder: string,
    { names, nowMs }: { readonly names: readonly string[]; readonly nowMs: number },
  ): Promise<KeyFolder> {
    const known = await readLastingKeys(folder)
    try {
      const lasting = known ?? (await makeLastingKeys(folder, nowMs))
      return new KeyFolder(folder, lasting, await openServerKeys(folder, lasting.authority, names, nowMs))
    } catch (error) {
      if (error instanceof ShoalError || !(error instanceof Error && 'syscall' in error)) throw error
      throw new ShoalError('FILE_UNWRITABLE', {
        action: 'keep',
        object: 'the keys of the cluster',
        place: folder,
        reason: error.message,
        nextStep: 'make room there, or run it as root, or name another folder with --data',
        cause: error,
      })
    }
  }

  /** @param validMs how long it holds */
  issueToken(times: { readonly validMs: number; readonly nowMs: number }): string {
    return this.#mint.issue(times)
  }

  /** Throws ShoalError TOKEN_INVALID for a text that is no token. */
  judgeToken(text: string, nowMs: number): TokenJudgement {
    return this.#mint.judge(text, nowMs)
  }

  /** Takes up what `shoal manager token --rotate` wrote beside this process. */
  reread(): Promise<void> {
    return this.#mint.reread()
  }

  /** Proof of a node towards its manager, for goodbyes: derived, so that nothing of it is kept; it outlives all tokens. */
  nodeSecret(nodeName: string): string {
    return createHmac('sha256', this.#authorityKeyPem).update(`node:${nodeName}`).digest('base64url')
  }
}
