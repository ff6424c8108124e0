import { describe, expect, it } from 'vitest'
import { busyLimitMs, judgeSilence } from '../../../../src/worker/agent/judge-silence.ts'

const idle = 0.01
const busy = 0.9

describe('an instance that does not answer', () => {
  it('hangs at the third miss when it uses no CPU', () => {
    const at = (misses: number) =>
      judgeSilence({ misses, idleMisses: misses, silentMs: misses * 1500, cpuShare: idle })
    expect([at(1), at(2), at(3)]).toEqual(['wait', 'wait', 'hung'])
  })

  it('hangs at the third miss when nobody can say what it uses', () => {
    expect(judgeSilence({ misses: 3, idleMisses: 3, silentMs: 4500, cpuShare: undefined })).toBe('hung')
  })

  it('is busy while it computes, up to a limit', () => {
    const at = (silentMs: number) => judgeSilence({ misses: 9, idleMisses: 1, silentMs, cpuShare: busy })
    expect(at(busyLimitMs - 1)).toBe('busy')
    expect(at(busyLimitMs)).toBe('hung')
  })

  it('that has stopped computing is given three more questions', () => {
    const at = (idleMisses: number) =>
      judgeSilence({ misses: 8, idleMisses, silentMs: 12_000, cpuShare: idle })
    expect([at(1), at(2), at(3)]).toEqual(['wait', 'wait', 'hung'])
  })
})
