// The manager's key folder: all that it keeps outside Swarm. Whoever has it can speak for the cluster.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'
import { type JoinToken, parseJoinToken, renderJoinToken, signedPart } from '../../model/join-token.ts'
import { writeWhole } from '../../worker/write-whole.ts'
import type { KeyPairPem } from './certificates.ts'
import { fingerprintOf, isServerCertificateGood } from './judge-certificate.ts'

export interface RegistryCredentials {
  readonly username: string
  readonly password: string
}

export type TokenJudgement = 'valid' | 'expired' | 'wrong' | 'other-cluster'

const files = Object.freeze({
  authorityKey: 'ca.key.pem',
  authority: 'ca.cert.pem',
  serverKey: 'server.key.pem',
  server: 'server.cert.pem',
  joinKey: 'join.key',
  registryPassword: 'registry.password',
})

const registryUser = 'shoal'
const macBytes = 16

export class KeyFolder {
  readonly folder: string
  readonly authorityPem: string
  /** SHA-256 of the authority's certificate, base64url. */
  readonly fingerprint: string
  readonly server: KeyPairPem
  readonly registry: RegistryCredentials
  #joinKey: Buffer

  private constructor(
    folder: string,
    parts: {
      readonly authorityPem: string
      readonly fingerprint: string
      readonly server: KeyPairPem
      readonly joinKey: Buffer
      readonly password: string
    },
  ) {
    this.folder = folder
    this.authorityPem = parts.authorityPem
    this.fingerprint = parts.fingerprint
    this.server = parts.server
    this.#joinKey = parts.joinKey
    this.registry = { username: registryUser, password: parts.password }
  }

  /**
   * Opens the folder, making what is missing in a new one. The authority is made once: another would orphan every device that has joined.
   * @param names IP addresses and host names that the manager is reached by
   * @throws ShoalError KEYS_DAMAGED where a part of an older folder is missing or unreadable, FILE_UNWRITABLE
   */
  static async open(
    folder: string,
    { names, nowMs }: { readonly names: readonly string[]; readonly nowMs: number },
  ): Promise<KeyFolder> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const authority = await readAuthority(folder, nowMs)
      const fingerprint = attempt(() => fingerprintOf(authority.certificatePem))
      if (fingerprint === undefined) throw damaged(folder, files.authority, 'it holds no certificate')
      const server = await readServer(folder, authority, names, nowMs)
      const joinKey = await readOrMake(folder, files.joinKey, () => randomBytes(32))
      const password = await readOrMake(folder, files.registryPassword, () =>
        Buffer.from(randomBytes(24).toString('base64url')),
      )
      if (joinKey.length < 32) throw damaged(folder, files.joinKey, 'it is too short')
      return new KeyFolder(folder, {
        authorityPem: authority.certificatePem,
        fingerprint,
        server,
        joinKey,
        password: password.toString('utf8'),
      })
    } catch (error) {
      if (error instanceof ShoalError || !(error instanceof Error)) throw error
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

  /** One that is there already. Throws ShoalError KEYS_DAMAGED where the manager has never been started with it. */
  static async openExisting(folder: string): Promise<KeyFolder> {
    const [authority, server] = await Promise.all([
      readIfThere(folder, files.authority),
      readIfThere(folder, files.server),
    ])
    if (authority === undefined || server === undefined)
      throw new ShoalError('KEYS_DAMAGED', {
        action: 'open',
        object: 'the keys of the cluster',
        place: folder,
        reason: 'there are none: the manager makes them at its first start',
        nextStep: 'shoal manager start, or name another folder with --data',
      })
    // Names play no part for tokens; what is there is not made anew.
    return KeyFolder.open(folder, { names: [], nowMs: Date.now() })
  }

  /** @param validMs how long it holds */
  issueToken({ validMs, nowMs }: { readonly validMs: number; readonly nowMs: number }): string {
    const unsigned = { fingerprint: this.fingerprint, expiresAtS: Math.ceil((nowMs + validMs) / 1000) }
    return renderJoinToken({ ...unsigned, mac: this.#mac(unsigned) })
  }

  /** Throws ShoalError TOKEN_INVALID for a text that is no token. */
  judgeToken(text: string, nowMs: number): TokenJudgement {
    const token = parseJoinToken(text)
    if (token.fingerprint !== this.fingerprint) return 'other-cluster'
    const [given, own] = [Buffer.from(token.mac, 'base64url'), Buffer.from(this.#mac(token), 'base64url')]
    if (given.length !== own.length || !timingSafeEqual(given, own)) return 'wrong'
    return token.expiresAtS * 1000 < nowMs ? 'expired' : 'valid'
  }

  /** From now on every token that was issued before is wrong. */
  async rotateTokens(): Promise<void> {
    const key = randomBytes(32)
    await writeWhole(join(this.folder, files.joinKey), key, 0o600)
    this.#joinKey = key
  }

  /** Takes up a key that another process wrote: `shoal manager token --rotate` beside a running manager. */
  async reread(): Promise<void> {
    const key = await readFile(join(this.folder, files.joinKey)).catch(() => undefined)
    if (key !== undefined && key.length >= 32) this.#joinKey = key
  }

  /** Proof of a node towards its manager, for goodbyes: derived, so that nothing of it is kept. */
  nodeSecret(nodeName: string): string {
    return createHmac('sha256', this.#joinKey).update(`node:${nodeName}`).digest('base64url')
  }

  #mac(token: Omit<JoinToken, 'mac'>): string {
    const whole = createHmac('sha256', this.#joinKey).update(signedPart(token)).digest()
    return whole.subarray(0, macBytes).toString('base64url')
  }
}

async function readAuthority(folder: string, nowMs: number): Promise<KeyPairPem> {
  const [key, certificate] = await Promise.all([
    readIfThere(folder, files.authorityKey),
    readIfThere(folder, files.authority),
  ])
  if (key !== undefined && certificate !== undefined)
    return { keyPem: key.toString('utf8'), certificatePem: certificate.toString('utf8') }
  // The certificate is written last: without it nobody has trusted the key yet.
  if (certificate !== undefined) throw damaged(folder, files.authorityKey, 'it is missing')
  const { makeAuthority } = await import('./certificates.ts')
  const made = await makeAuthority(nowMs)
  await writeWhole(join(folder, files.authorityKey), made.keyPem, 0o600)
  await writeWhole(join(folder, files.authority), made.certificatePem, 0o644)
  return made
}

/** Made anew whenever it does not fit any more: nobody has to know it. */
async function readServer(
  folder: string,
  authority: KeyPairPem,
  names: readonly string[],
  nowMs: number,
): Promise<KeyPairPem> {
  const [key, certificate] = await Promise.all([
    readIfThere(folder, files.serverKey),
    readIfThere(folder, files.server),
  ])
  if (key !== undefined && certificate !== undefined) {
    const known = { keyPem: key.toString('utf8'), certificatePem: certificate.toString('utf8') }
    const isGood = attempt(() =>
      isServerCertificateGood(known.certificatePem, authority.certificatePem, names, nowMs),
    )
    if (isGood === true) return known
  }
  const { makeServerCertificate } = await import('./certificates.ts')
  const made = await makeServerCertificate(authority, names, nowMs).catch((error: unknown) => {
    throw damaged(folder, files.authorityKey, error instanceof Error ? error.message : String(error))
  })
  await writeWhole(join(folder, files.serverKey), made.keyPem, 0o600)
  await writeWhole(join(folder, files.server), made.certificatePem, 0o644)
  return made
}

async function readOrMake(folder: string, name: string, make: () => Buffer): Promise<Buffer> {
  const known = await readIfThere(folder, name)
  if (known !== undefined && known.length > 0) return known
  const made = make()
  await writeWhole(join(folder, name), made, 0o600)
  return made
}

/** Undefined where it throws. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

async function readIfThere(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw damaged(folder, name, error instanceof Error ? error.message : String(error))
  }
}

function damaged(folder: string, name: string, reason: string): ShoalError {
  return new ShoalError('KEYS_DAMAGED', {
    action: 'open',
    object: 'the keys of the cluster',
    place: join(folder, name),
    reason,
    nextStep:
      'put the folder back from a copy; without one, move it away: the manager then makes a new cluster authority, and every device joins anew',
  })
}
