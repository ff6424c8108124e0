import { describe, expect, it } from 'vitest'
import type { SwarmMembership } from '../../../src/engine/info.ts'
import { isOwnSwarm } from '../../../src/worker/own-swarm.ts'

const aSwarm = (changes: Partial<SwarmMembership> = {}): SwarmMembership => ({
  state: 'active',
  nodeId: 'n1',
  isManager: false,
  nodeAddress: '10.0.0.2',
  managers: ['10.0.0.1:2377'],
  error: '',
  ...changes,
})
const ours = (nodeId: string) => ({ nodeId, undo: { folders: [], swarm: ['10.0.0.1:2377'] } })

describe('the Swarm that a device joined through Shoal', () => {
  it('is known by the node’s id', () => {
    expect(isOwnSwarm(aSwarm(), ours('n1'))).toBe(true)
    expect(isOwnSwarm(aSwarm({ nodeId: 'n2' }), ours('n1'))).toBe(false)
  })

  it('is known by its managers when the joining was cut off before the id was', () => {
    expect(isOwnSwarm(aSwarm(), ours(''))).toBe(true)
    expect(isOwnSwarm(aSwarm({ managers: ['10.9.9.9:2377'] }), ours(''))).toBe(false)
  })

  it('is taken for it while the Engine knows no manager yet', () => {
    expect(isOwnSwarm(aSwarm({ state: 'pending', nodeId: '', managers: [] }), ours('n1'))).toBe(true)
  })

  it('is none where it was not joined, or the Engine is in none', () => {
    expect(isOwnSwarm(aSwarm(), { nodeId: '', undo: { folders: [] } })).toBe(false)
    expect(isOwnSwarm(aSwarm({ state: 'inactive', nodeId: '' }), ours('n1'))).toBe(false)
  })
})
