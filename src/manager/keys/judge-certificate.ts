// What a certificate says, and whether it still fits.
import { X509Certificate } from 'node:crypto'

const monthMs = 30 * 86_400_000

/** SHA-256 of its DER: 32 bytes, base64url. Throws for what is no certificate. */
export function fingerprintOf(certificatePem: string): string {
  const hex = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '')
  return Buffer.from(hex, 'hex').toString('base64url')
}

/**
 * Whether it holds for these names for a month at least, and is from this authority. Throws for what is no certificate.
 * @param names IP addresses and host names
 */
export function isServerCertificateGood(
  certificatePem: string,
  authorityPem: string,
  names: readonly string[],
  nowMs: number,
): boolean {
  const certificate = new X509Certificate(certificatePem)
  return (
    names.every(
      (name) => certificate.checkIP(name) !== undefined || certificate.checkHost(name) !== undefined,
    ) &&
    Date.parse(certificate.validTo) > nowMs + monthMs &&
    certificate.verify(new X509Certificate(authorityPem).publicKey)
  )
}
