// The files of the key folder: made once, read with suspicion. The authority is never made a second time: that would orphan every device.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { chmod, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ShoalError } from '../../model/errors.ts'
import { writeWhole } from '../../worker/write-whole.ts'
import type { KeyPairPem } from './certificates.ts'
import { isServerCertificateGood } from './judge-certificate.ts'

export const keyFiles = Object.freeze({
  joinKey: 'join.key',
  registryPassword: 'registry.password',
  authorityKey: 'ca.key.pem',
  /** Written last of those that must stay: a folder with it is whole, or damaged. */
  authority: 'ca.cert.pem',
  serverKey: 'server.key.pem',
  server: 'server.cert.pem',
})

export interface LastingKeys {
  readonly authority: KeyPairPem
  readonly joinKey: Buffer
  readonly registryPassword: string
}

const joinKeyBytes = 32
const passwordBytes = 24

/** What a manager leaves in its folder once the authority is there. Without the authority's certificate they tell that it was lost. */
const laterEntries: readonly string[] = [keyFiles.serverKey, keyFiles.server, 'registry']

/**
 * What is kept for good.
 * @returns undefined where nothing has been made yet, or a first start was cut off before anybody could trust its authority
 * @throws ShoalError KEYS_DAMAGED, FILE_UNREADABLE
 */
export async function readLastingKeys(folder: string): Promise<LastingKeys | undefined> {
  const certificate = await readKeyFile(folder, keyFiles.authority)
  if (certificate === undefined) {
    const entries = await readdir(folder).catch(() => [])
    if (entries.some((entry) => laterEntries.includes(entry)))
      throw damaged(folder, keyFiles.authority, 'it is missing')
    return undefined
  }
  const [key, joinKey, password] = await Promise.all(
    [keyFiles.authorityKey, keyFiles.joinKey, keyFiles.registryPassword].map((name) =>
      readSecret(folder, name),
    ),
  )
  if (key === undefined) throw damaged(folder, keyFiles.authorityKey, 'it is missing')
  if (joinKey === undefined) throw damaged(folder, keyFiles.joinKey, 'it is missing')
  if (password === undefined) throw damaged(folder, keyFiles.registryPassword, 'it is missing')
  if (joinKey.length !== joinKeyBytes)
    throw damaged(folder, keyFiles.joinKey, `it has ${joinKey.length} bytes instead of ${joinKeyBytes}`)
  const registryPassword = password.toString('utf8').trim()
  if (!/^[\w-]{32}$/.test(registryPassword))
    throw damaged(folder, keyFiles.registryPassword, 'it holds no password of the manager’s')
  const authority = { keyPem: key.toString('utf8'), certificatePem: certificate.toString('utf8') }
  checkPair(folder, authority)
  return { authority, joinKey, registryPassword }
}

/** For a new folder. @param nowMs since 1970 */
export async function makeLastingKeys(folder: string, nowMs: number): Promise<LastingKeys> {
  const { makeAuthority } = await import('./certificates.ts')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const authority = await makeAuthority(nowMs)
  const joinKey = randomBytes(joinKeyBytes)
  const registryPassword = randomBytes(passwordBytes).toString('base64url')
  await writeWhole(join(folder, keyFiles.joinKey), joinKey, 0o600)
  await writeWhole(join(folder, keyFiles.registryPassword), registryPassword, 0o600)
  await writeWhole(join(folder, keyFiles.authorityKey), authority.keyPem, 0o600)
  await writeWhole(join(folder, keyFiles.authority), authority.certificatePem, 0o644)
  return { authority, joinKey, registryPassword }
}

/**
 * The manager's own key and certificate; made anew whenever they do not fit any more: nobody has to know them beforehand.
 * @param names IP addresses and host names that the manager is reached by
 */
export async function openServerKeys(
  folder: string,
  authority: KeyPairPem,
  names: readonly string[],
  nowMs: number,
): Promise<KeyPairPem> {
  const [key, certificate] = await Promise.all(
    [keyFiles.serverKey, keyFiles.server].map((name) => readKeyFile(folder, name)),
  )
  if (key !== undefined && certificate !== undefined) {
    const known = { keyPem: key.toString('utf8'), certificatePem: certificate.toString('utf8') }
    if (isServerCertificateGood(known, authority.certificatePem, names, nowMs)) return known
  }
  const { makeServerCertificate } = await import('./certificates.ts')
  const made = await makeServerCertificate(authority, names, nowMs)
  await writeWhole(join(folder, keyFiles.serverKey), made.keyPem, 0o600)
  await writeWhole(join(folder, keyFiles.server), made.certificatePem, 0o644)
  return made
}

/** @returns undefined where it is not there. Throws ShoalError FILE_UNREADABLE, KEYS_DAMAGED. */
export async function readKeyFile(folder: string, name: string): Promise<Buffer | undefined> {
  return (await readWithMode(folder, name))?.bytes
}

/** One that nobody but its owner may read: a copy that was put back with other rights has been seen by others. */
async function readSecret(folder: string, name: string): Promise<Buffer | undefined> {
  const read = await readWithMode(folder, name)
  if (read !== undefined && (read.mode & 0o077) !== 0) {
    const path = join(folder, name)
    throw new ShoalError('KEYS_DAMAGED', {
      action: 'open',
      object: 'the keys of the cluster',
      place: path,
      reason: `others than its owner may use it (mode ${(read.mode & 0o777).toString(8)})`,
      nextStep: `chmod 600 ${path}, if nobody has read it`,
    })
  }
  return read?.bytes
}

async function readWithMode(
  folder: string,
  name: string,
): Promise<{ readonly bytes: Buffer; readonly mode: number } | undefined> {
  try {
    const file = await open(join(folder, name))
    try {
      return { bytes: await file.readFile(), mode: (await file.stat()).mode }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return undefined
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw damaged(folder, name, error.message)
    throw new ShoalError('FILE_UNREADABLE', {
      action: 'open',
      object: 'the keys of the cluster',
      place: join(folder, name),
      reason: 'this user may not read it',
      nextStep: 'run it as root, as whom the manager runs',
      cause: error,
    })
  }
}

function checkPair(folder: string, { keyPem, certificatePem }: KeyPairPem): void {
  const certificate = readable(() => new X509Certificate(certificatePem))
  if (certificate === undefined) throw damaged(folder, keyFiles.authority, 'it holds no certificate')
  const key = readable(() => createPrivateKey(keyPem))
  if (key === undefined) throw damaged(folder, keyFiles.authorityKey, 'it holds no private key')
  if (!certificate.checkPrivateKey(key))
    throw damaged(folder, keyFiles.authorityKey, `it is not the key of ${keyFiles.authority}`)
}

/** Undefined where the text is none of that kind. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function damaged(folder: string, name: string, reason: string): ShoalError {
  return new ShoalError('KEYS_DAMAGED', {
    action: 'open',
    object: 'the keys of the cluster',
    place: join(folder, name),
    reason,
    nextStep: `put ${folder} back from a copy; without one, move it away: the manager then makes a new authority, and every device has to leave and join anew`,
  })
}
