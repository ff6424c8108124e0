import { describe, expect, it } from 'vitest'
import type { Holder } from '../../../../src/pair/claims/holder.ts'
import { type ClaimingContainer, judgeClaims } from '../../../../src/pair/claims/judge-claims.ts'

function aHolder(containerId: string, changes: Partial<Holder> = {}): Holder {
  return {
    device: 'laser-1',
    name: `instance ${containerId}`,
    release: undefined,
    containerId,
    createdAtMs: 5000,
    isStarted: false,
    ...changes,
  }
}

function aContainer(id: string, changes: Partial<ClaimingContainer> = {}): ClaimingContainer {
  return { id, createdAtMs: 5000, devices: [{ id: 'laser-1', shared: 1 }], ...changes }
}

describe('a container with claims, before its start', () => {
  it('goes when nobody else is there, or is there on another device', () => {
    expect(judgeClaims(aContainer('b'), [aHolder('b'), aHolder('a', { device: 'laser-2' })]).kind).toBe('go')
  })

  it('of two that see each other, one has lost and the other waits for it to go', () => {
    const holders = [aHolder('a'), aHolder('b')]
    expect(judgeClaims(aContainer('a'), holders)).toEqual({
      kind: 'wait',
      device: 'laser-1',
      holders: ['instance b'],
    })
    expect(judgeClaims(aContainer('b'), holders)).toEqual({
      kind: 'lost',
      device: 'laser-1',
      holders: ['instance a'],
    })
  })

  it('is before one that was created later, whatever its id', () => {
    const holders = [aHolder('a', { createdAtMs: 6000 }), aHolder('b')]
    expect(judgeClaims(aContainer('b'), holders).kind).toBe('wait')
    expect(judgeClaims(aContainer('a', { createdAtMs: 6000 }), holders).kind).toBe('lost')
  })

  it('never displaces one that has begun', () => {
    expect(judgeClaims(aContainer('a'), [aHolder('b', { isStarted: true, createdAtMs: 9000 })]).kind).toBe(
      'lost',
    )
  })

  it('lets as many go on a shared device as it bears', () => {
    const devices = [{ id: 'laser-1', shared: 2 }]
    const three = [aHolder('a'), aHolder('b'), aHolder('c')]
    expect(['a', 'b', 'c'].map((id) => judgeClaims(aContainer(id, { devices }), three).kind)).toEqual([
      'wait',
      'wait',
      'lost',
    ])
    expect(judgeClaims(aContainer('b', { devices }), [aHolder('a'), aHolder('b')]).kind).toBe('go')
  })

  it('has lost when it has lost one of several devices', () => {
    const devices = [
      { id: 'laser-1', shared: 1 },
      { id: 'light-1', shared: 1 },
    ]
    const holders = [aHolder('c'), aHolder('a', { device: 'light-1' })]
    expect(judgeClaims(aContainer('b', { devices }), holders)).toMatchObject({
      kind: 'lost',
      device: 'light-1',
    })
  })
})
