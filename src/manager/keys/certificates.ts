// Makes the certificates of a cluster: an authority of its own, and the manager's certificate under it. Loaded only when one is made: the libraries are large.
import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

export interface KeyPairPem {
  readonly keyPem: string
  readonly certificatePem: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Boards without a clock begin in the past: a certificate must hold there too. */
const notBefore = new Date('2000-01-01T00:00:00Z')

/** No clock that shows less is right: certificates that were made by such a one hold from here on. */
const leastNowMs = Date.parse('2026-01-01T00:00:00Z')

const dayMs = 86_400_000
const authorityDays = 30 * 365
const serverDays = 5 * 365

/** @param nowMs since 1970 */
export async function makeAuthority(nowMs: number): Promise<KeyPairPem> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=Shoal cluster',
    notBefore,
    notAfter: daysAfter(nowMs, authorityDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { keyPem: await privatePem(keys.privateKey), certificatePem: `${certificate.toString('pem')}\n` }
}

/** @param names IP addresses and host names that the manager is reached by */
export async function makeServerCertificate(
  authority: KeyPairPem,
  names: readonly string[],
  nowMs: number,
): Promise<KeyPairPem> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const issuer = new x509.X509Certificate(authority.certificatePem)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'CN=Shoal manager',
    issuer: issuer.subject,
    notBefore,
    notAfter: daysAfter(nowMs, serverDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { keyPem: await privatePem(keys.privateKey), certificatePem: `${certificate.toString('pem')}\n` }
}

function daysAfter(nowMs: number, days: number): Date {
  return new Date(Math.max(nowMs, leastNowMs) + days * dayMs)
}

/** Positive, and as good as never given twice (RFC 5280 §4.1.2.2). */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `01${Buffer.from(bytes).toString('hex')}`
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
}
