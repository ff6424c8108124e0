import { createPublicKey, X509Certificate } from 'node:crypto'
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeyFolder } from '../../../../src/manager/keys/key-folder.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

const nowMs = Date.parse('2026-07-01T12:00:00Z')
const names = ['10.77.0.1', '127.0.0.1', 'manager', 'localhost']
const dayMs = 86_400_000

let folder: string

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'shoal-keys-')), 'manager')
})

afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true })
})

const open = (changes: { names?: readonly string[]; nowMs?: number } = {}) =>
  KeyFolder.open(folder, { names, nowMs, ...changes })

async function refusalOf(opening: Promise<unknown>): Promise<ShoalError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ShoalError)) throw new Error(`not refused: ${error}`)
  return error
}

describe('a new key folder', () => {
  it('holds an authority and a certificate under it that a board without a clock takes', async () => {
    const keys = await open()
    const authority = new X509Certificate(keys.authorityPem)
    const server = new X509Certificate(keys.server.certificatePem)
    expect(authority.ca).toBe(true)
    expect(server.ca).toBe(false)
    expect(server.verify(authority.publicKey)).toBe(true)
    expect(server.checkIssued(authority)).toBe(true)
    for (const certificate of [authority, server])
      expect(new Date(certificate.validFrom)).toEqual(new Date('2000-01-01T00:00:00Z'))
    expect(Date.parse(authority.validTo)).toBeGreaterThan(nowMs + 29 * 365 * dayMs)
    expect(server.checkIP('10.77.0.1')).toBe('10.77.0.1')
    expect(server.checkHost('manager')).toBe('manager')
    expect(server.checkIP('10.77.0.2')).toBeUndefined()
    expect(Buffer.from(keys.fingerprint, 'base64url').toString('hex')).toBe(
      authority.fingerprint256.replaceAll(':', '').toLowerCase(),
    )
  })

  it('is its owner’s alone', async () => {
    await open()
    const modes = await Promise.all(
      (await readdir(folder))
        .sort()
        .map(async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)]),
    )
    expect(Object.fromEntries(modes)).toEqual({
      'ca.cert.pem': '644',
      'ca.key.pem': '600',
      'join.key': '600',
      'registry.password': '600',
      'server.cert.pem': '644',
      'server.key.pem': '600',
    })
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('makes certificates that hold today, on a machine that takes now for 1970', async () => {
    const keys = await open({ nowMs: 0 })
    for (const pem of [keys.authorityPem, keys.server.certificatePem])
      expect(Date.parse(new X509Certificate(pem).validTo)).toBeGreaterThan(nowMs)
  })

  it('goes on with one whose first start was cut off before anybody could trust its authority', async () => {
    const whole = await open()
    for (const name of ['ca.cert.pem', 'server.key.pem', 'server.cert.pem']) await rm(join(folder, name))
    const again = await open()
    expect(again.fingerprint).not.toBe(whole.fingerprint)
    expect((await open()).fingerprint).toBe(again.fingerprint)
  })
})

describe('a key folder that is there', () => {
  it('stays as it is', async () => {
    const [first, second] = [await open(), await open()]
    expect(second.authorityPem).toBe(first.authorityPem)
    expect(second.server).toEqual(first.server)
    expect(second.registry).toEqual(first.registry)
    expect(second.judgeToken(first.issueToken({ validMs: 1000, nowMs }), nowMs)).toBe('valid')
  })

  it('gets another certificate under the same authority when an address is new or it ends within a month', async () => {
    const first = await open()
    const moved = await open({ names: [...names, '192.168.4.1'] })
    expect(moved.authorityPem).toBe(first.authorityPem)
    expect(new X509Certificate(moved.server.certificatePem).checkIP('192.168.4.1')).toBe('192.168.4.1')
    expect((await open({ names: ['192.168.4.1'] })).server).toEqual(moved.server)
    const old = await open({ names: ['192.168.4.1'], nowMs: nowMs + (5 * 365 - 29) * dayMs })
    expect(old.server).not.toEqual(moved.server)
    expect(Date.parse(new X509Certificate(old.server.certificatePem).validTo)).toBeGreaterThan(
      nowMs + 9 * 365 * dayMs,
    )
  })

  it('gets another certificate when the key beside it is not its own: the last start was cut off between the two', async () => {
    const first = await open()
    const other = await mkdtemp(join(tmpdir(), 'shoal-keys-'))
    await KeyFolder.open(other, { names, nowMs })
    await cp(join(other, 'server.key.pem'), join(folder, 'server.key.pem'))
    await rm(other, { recursive: true })
    const { server } = await open()
    expect(server.certificatePem).not.toBe(first.server.certificatePem)
    const certificate = new X509Certificate(server.certificatePem)
    expect(createPublicKey(server.keyPem).equals(certificate.publicKey)).toBe(true)
  })

  it.each([
    ['ca.cert.pem', 'it is missing'],
    ['ca.key.pem', 'it is missing'],
    ['join.key', 'it is missing'],
    ['registry.password', 'it is missing'],
  ])('is refused without %s, and nothing is made anew', async (name, reason) => {
    await open()
    await rm(join(folder, name))
    const before = await readdir(folder)
    const error = await refusalOf(open())
    expect(error.code).toBe('KEYS_DAMAGED')
    expect(error.place).toBe(join(folder, name))
    expect(error.reason).toBe(reason)
    expect(error.nextStep).toContain('back from a copy')
    expect(await readdir(folder)).toEqual(before)
  })

  it.each([
    ['ca.cert.pem', 'it holds no certificate'],
    ['ca.key.pem', 'it holds no private key'],
    ['join.key', 'it has 0 bytes instead of 32'],
    ['registry.password', 'it holds no password of the manager’s'],
  ])('is refused with an empty %s', async (name, reason) => {
    await open()
    await writeFile(join(folder, name), '')
    const error = await refusalOf(open())
    expect([error.code, error.place, error.reason]).toEqual(['KEYS_DAMAGED', join(folder, name), reason])
  })

  it('is refused when the key of the authority is another one’s', async () => {
    const { authorityPem } = await open()
    const key = await readFile(join(folder, 'server.key.pem'))
    await writeFile(join(folder, 'ca.key.pem'), key)
    const error = await refusalOf(open())
    expect(error.reason).toBe('it is not the key of ca.cert.pem')
    expect(await readFile(join(folder, 'ca.cert.pem'), 'utf8')).toBe(authorityPem)
  })

  it('is refused when others may read a secret of it', async () => {
    await open()
    await chmod(join(folder, 'join.key'), 0o644)
    const error = await refusalOf(open())
    expect(error.reason).toBe('others than its owner may use it (mode 644)')
    expect(error.nextStep).toContain('chmod 600')
  })

  it('cannot be where a file is', async () => {
    await writeFile(folder, '')
    expect((await refusalOf(open())).code).toBe('KEYS_DAMAGED')
  })

  it('gives a node the same secret whatever becomes of the tokens, and each node its own', async () => {
    const secret = (await open()).nodeSecret('worker1')
    await rm(join(folder, 'join.key'))
    await writeFile(join(folder, 'join.key'), Buffer.alloc(32, 1), { mode: 0o600 })
    const again = await open()
    expect(again.nodeSecret('worker1')).toBe(secret)
    expect(again.nodeSecret('worker2')).not.toBe(secret)
  })
})
