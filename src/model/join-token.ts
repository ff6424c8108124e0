// The token that a device joins with: which cluster it means, until when it holds, and the proof that its manager made it.
import { ShoalError } from './errors.ts'

export interface JoinToken {
  /** SHA-256 of the certificate of the cluster's own authority: 32 bytes, base64url. */
  readonly fingerprint: string
  /** Since 1970 by the manager's clock. */
  readonly expiresAtS: number
  /** 16 bytes, base64url. */
  readonly mac: string
}

const pattern = /^shoal1\.([A-Za-z0-9_-]{43})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{22})$/

/** What the MAC is made over. */
export function signedPart({ fingerprint, expiresAtS }: Omit<JoinToken, 'mac'>): string {
  return `shoal1.${fingerprint}.${expiresAtS.toString(36)}`
}

/** `shoal1.FINGERPRINT.EXPIRY.MAC` */
export function renderJoinToken(token: JoinToken): string {
  return `${signedPart(token)}.${token.mac}`
}

/** Throws ShoalError TOKEN_INVALID for a text that is no token; whether it holds only its manager knows. */
export function parseJoinToken(text: string): JoinToken {
  const [, fingerprint, expiry, mac] = pattern.exec(text.trim()) ?? []
  if (fingerprint === undefined || expiry === undefined || mac === undefined) {
    throw new ShoalError('TOKEN_INVALID', {
      action: 'read',
      object: 'the join token',
      reason: 'it is not of the form shoal1.….….…: a part may be missing',
      nextStep: 'take the whole line that `shoal manager token` prints on the access point',
    })
  }
  return { fingerprint, expiresAtS: Number.parseInt(expiry, 36), mac }
}

/** The first 16 hex digits: enough to tell clusters apart where nothing is proved by it. */
export function fingerprintPrefix(fingerprint: string): string {
  return Buffer.from(fingerprint, 'base64url').toString('hex').slice(0, 16)
}
