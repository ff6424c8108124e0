import { describe, expect, it } from 'vitest'
import { findSilent, type Heard, silenceLimitMs } from '../../../../src/manager/monitor/silence.ts'

const nowMs = 1_000_000

/** Agents heard so many milliseconds ago; a name in capitals is on this machine. */
function silent(ages: Readonly<Record<string, number>>, limitMs = silenceLimitMs): readonly string[] {
  const agents: Heard[] = Object.entries(ages).map(([nodeId, ageMs]) => ({
    nodeId,
    heardAtMs: nowMs - ageMs,
    isLocal: nodeId === nodeId.toUpperCase(),
  }))
  return findSilent(agents, nowMs, limitMs)
}

describe('a node is silent', () => {
  it('after the limit, while another one is heard', () => {
    expect(silent({ a: silenceLimitMs + 1, b: 0 })).toEqual(['a'])
    expect(silent({ a: silenceLimitMs, b: 0 })).toEqual([])
  })

  it('not when its cut of 3 s began just before a report and it was answered at the next try', () => {
    const lastReportBeforeCut = 1000
    const tryAfterMend = 125
    expect(silent({ a: lastReportBeforeCut + 3000 + tryAfterMend, b: 0 })).toEqual([])
  })

  it('not when nobody is heard: then it is this machine that is cut off', () => {
    expect(silent({ a: 5000, b: 5000, c: 3400 })).toEqual([])
    expect(silent({ a: 60_000, b: 60_000 })).toEqual([])
  })

  it('not when only an agent of this machine is heard, which says nothing of any link', () => {
    expect(silent({ a: 5000, HERE: 0 })).toEqual([])
  })

  it('never on this machine itself', () => {
    expect(silent({ HERE: 60_000, a: 0 })).toEqual([])
  })

  it('with others that are: each is found', () => {
    expect(silent({ a: 5000, b: 9000, c: 100 })).toEqual(['a', 'b'])
  })
})
