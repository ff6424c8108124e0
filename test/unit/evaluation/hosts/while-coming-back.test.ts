import { describe, expect, it } from 'vitest'
import { whileComingBack } from '../../../../evaluation/hosts/while-coming-back.ts'
import { type ErrorCode, ShoalError } from '../../../../src/model/errors.ts'

const failure = (code: ErrorCode) =>
  new ShoalError(code, { action: 'connect', object: 'to board1', reason: 'no' })

/** Fails with each, then succeeds. */
function aHost(...codes: readonly ErrorCode[]) {
  const left = [...codes]
  const seen = { attempts: 0, lines: [] as string[] }
  const attempt = async () => {
    seen.attempts += 1
    const code = left.shift()
    if (code !== undefined) throw failure(code)
    return 'up'
  }
  const open = (limitMs: number, signal = AbortSignal.timeout(10_000)) =>
    whileComingBack(attempt, { limitMs, everyMs: 1, signal, say: (line) => seen.lines.push(line) })
  return { seen, open }
}

describe('a host that restarts', () => {
  it('is waited for until its Engine answers, and that is said once', async () => {
    const { seen, open } = aHost('HOST_UNREACHABLE', 'CONNECTION_LOST', 'ENGINE_ABSENT')
    expect(await open(5000)).toBe('up')
    expect(seen).toEqual({
      attempts: 4,
      lines: ['connect, to board1: no; waits up to 5 s for it to come back'],
    })
  })

  it('is waited for no longer than the limit, nor against the signal', async () => {
    const late = aHost('HOST_UNREACHABLE')
    await expect(late.open(0)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
    expect(late.seen).toEqual({ attempts: 1, lines: [] })
    const stopped = aHost('HOST_UNREACHABLE', 'HOST_UNREACHABLE')
    await expect(stopped.open(5000, AbortSignal.abort())).rejects.toThrow()
    expect(stopped.seen.attempts).toBe(1)
  })

  it('is not waited for where no time mends it', async () => {
    const { seen, open } = aHost('HOST_KEY_CHANGED')
    await expect(open(5000)).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' })
    expect(seen.attempts).toBe(1)
  })
})
