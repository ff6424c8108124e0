// What a certificate says, and whether it still fits.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { KeyPairPem } from './certificates.ts'

const monthMs = 30 * 86_400_000

/** SHA-256 of its DER: 32 bytes, base64url. Throws for what is no certificate. */
export function fingerprintOf(certificatePem: string): string {
  const hex = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '')
  return Buffer.from(hex, 'hex').toString('base64url')
}

/**
 * Whether it holds for these names for a month at least, is from this authority, and the key is its own. A text that is no certificate or key is
 * not good.
 * @param names IP addresses and host names
 */
export function isServerCertificateGood(
  { keyPem, certificatePem }: KeyPairPem,
  authorityPem: string,
  names: readonly string[],
  nowMs: number,
): boolean {
  try {
    const certificate = new X509Certificate(certificatePem)
    return (
      // checkIP throws for what is no address.
      names.every(
        (name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
      ) &&
      Date.parse(certificate.validTo) > nowMs + monthMs &&
      certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
      certificate.verify(new X509Certificate(authorityPem).publicKey)
    )
  } catch {
    return false
  }
}
