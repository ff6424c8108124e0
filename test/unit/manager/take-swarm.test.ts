import { expect, it } from 'vitest'
import type { SwarmMembership } from '../../../src/engine/info.ts'
import { refuseForeign } from '../../../src/manager/take-swarm.ts'

const address = '10.77.0.1'
const own: SwarmMembership = {
  state: 'active',
  nodeId: 'n1',
  isManager: true,
  nodeAddress: address,
  managers: [`${address}:2377`],
  error: '',
}

it('takes the Swarm that this machine leads at its own address', () => {
  expect(() => refuseForeign(own, address)).not.toThrow()
})

it.each([
  [
    { state: 'error', error: 'certificate has expired' },
    'ENGINE_REFUSED',
    'it is error: certificate has expired',
    'docker swarm leave --force',
  ],
  [{ state: 'locked' }, 'ENGINE_REFUSED', 'it is locked', 'docker swarm unlock'],
  [{ state: 'pending' }, 'ENGINE_REFUSED', 'it is pending', 'docker swarm leave --force'],
  [
    { isManager: false, managers: ['10.77.0.9:2377'] },
    'OTHER_SWARM',
    'this machine is a worker of the Swarm of 10.77.0.9:2377',
    'docker swarm leave',
  ],
  [
    { nodeAddress: '192.168.4.1' },
    'MANAGER_ADDRESS',
    'its nodes know this machine as 192.168.4.1, and the manager is to be reached at 10.77.0.1',
    'shoal manager start --advertise 192.168.4.1',
  ],
] as const)('refuses one that is %j', (changes, code, reason, nextStep) => {
  expect(() => refuseForeign({ ...own, ...changes }, address)).toThrow(
    expect.objectContaining({ code, reason, nextStep: expect.stringContaining(nextStep) }),
  )
})
