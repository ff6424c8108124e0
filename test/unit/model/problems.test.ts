import { describe, expect, it } from 'vitest'
import { nearestKey, renderProblems, unknownKeyMessage } from '../../../src/model/problems.ts'

describe('problems of a user’s file', () => {
  it('suggests the key that was meant when letters are swapped', () => {
    expect(nearestKey('repilcas', ['image', 'replicas', 'ports'])).toBe('replicas')
  })

  it('suggests nothing when no key is near, and lists the known ones', () => {
    expect(unknownKeyMessage('zebra', ['image', 'ports'])).toBe(
      'unknown key "zebra"; known here: image, ports',
    )
  })

  it('writes every problem with its path', () => {
    const text = renderProblems([
      { path: 'hosts[0].name', message: 'missing' },
      { path: '', message: 'not a map' },
    ])
    expect(text).toBe('  hosts[0].name: missing\n  (the file): not a map')
  })
})
