import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyFolder } from '../../../../src/manager/keys/key-folder.ts'
import { TokenMint } from '../../../../src/manager/keys/token-mint.ts'
import { parseJoinToken, renderJoinToken } from '../../../../src/model/join-token.ts'

const nowMs = Date.parse('2026-07-01T12:00:00Z')
const hourMs = 3_600_000

let folder: string
let keys: KeyFolder
let mint: TokenMint

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-tokens-'))
  keys = await KeyFolder.open(folder, { names: [], nowMs })
  mint = await TokenMint.open(folder)
})

afterAll(() => rm(folder, { recursive: true }))

describe('a join token', () => {
  it('is good until it expires, to the second', () => {
    const token = mint.issue({ validMs: hourMs, nowMs })
    expect(token).toMatch(/^shoal1\.[\w-]{43}\.[0-9a-z]+\.[\w-]{22}$/)
    expect(keys.judgeToken(token, nowMs)).toBe('valid')
    expect(keys.judgeToken(token, nowMs + hourMs)).toBe('valid')
    expect(keys.judgeToken(token, nowMs + hourMs + 1)).toBe('expired')
  })

  it('is wrong when anything of it was changed', () => {
    const token = parseJoinToken(mint.issue({ validMs: hourMs, nowMs }))
    const later = renderJoinToken({ ...token, expiresAtS: token.expiresAtS + 1 })
    expect(keys.judgeToken(later, nowMs)).toBe('wrong')
    const mac = `${token.mac.startsWith('A') ? 'B' : 'A'}${token.mac.slice(1)}`
    expect(keys.judgeToken(renderJoinToken({ ...token, mac }), nowMs)).toBe('wrong')
    const fingerprint = `${token.fingerprint.startsWith('A') ? 'B' : 'A'}${token.fingerprint.slice(1)}`
    expect(keys.judgeToken(renderJoinToken({ ...token, fingerprint }), nowMs)).toBe('other-cluster')
  })

  it('is of the other cluster where another manager made it', async () => {
    const other = await mkdtemp(join(tmpdir(), 'shoal-tokens-'))
    const foreign = await KeyFolder.open(other, { names: [], nowMs })
    await rm(other, { recursive: true })
    expect(keys.judgeToken(foreign.issueToken({ validMs: hourMs, nowMs }), nowMs)).toBe('other-cluster')
  })

  it('is wrong once all older ones were made void beside the running manager', async () => {
    const old = mint.issue({ validMs: hourMs, nowMs })
    const beside = await TokenMint.open(folder)
    await beside.rotate()
    const young = beside.issue({ validMs: hourMs, nowMs })
    expect(keys.judgeToken(old, nowMs)).toBe('valid')
    await keys.reread()
    expect(keys.judgeToken(old, nowMs)).toBe('wrong')
    expect(keys.judgeToken(young, nowMs)).toBe('valid')
  })
})

describe('a token of a manager that was never started', () => {
  it('is refused, and no keys are made for it', async () => {
    const none = join(folder, 'none')
    await expect(TokenMint.open(none)).rejects.toMatchObject({ code: 'KEYS_ABSENT', place: none })
    await expect(TokenMint.open(none)).rejects.toMatchObject({ code: 'KEYS_ABSENT' })
  })
})
