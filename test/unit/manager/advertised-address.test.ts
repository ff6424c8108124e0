import { expect, it } from 'vitest'
import { advertisedAddress } from '../../../src/manager/advertised-address.ts'

const both = ['192.168.4.1', '10.0.0.7']

it('is the only one that the machine has', () => {
  expect(advertisedAddress(undefined, ['192.168.4.1'])).toBe('192.168.4.1')
})

it('of several is the one that was asked for, or that the Swarm has already', () => {
  expect(advertisedAddress('10.0.0.7', both, '192.168.4.1')).toBe('10.0.0.7')
  expect(advertisedAddress(undefined, both, '192.168.4.1')).toBe('192.168.4.1')
})

it.each([
  ['several and none asked for', undefined, both, '', 'it has 192.168.4.1, 10.0.0.7'],
  [
    'several, and the Swarm has one that is gone',
    undefined,
    both,
    '172.16.0.9',
    'it has 192.168.4.1, 10.0.0.7',
  ],
  ['none', undefined, [], '', 'it is on no network'],
  ['not that one', '10.9.9.9', both, '', 'this machine has no 10.9.9.9; it has 192.168.4.1, 10.0.0.7'],
  ['no IPv4 address', 'fd00::1', both, '', 'fd00::1 is no IPv4 address'],
])('is refused: %s', (_, asked, addresses, known, reason) => {
  expect(() => advertisedAddress(asked, addresses, known)).toThrow(
    expect.objectContaining({
      code: 'MANAGER_ADDRESS',
      reason,
      nextStep: expect.stringContaining('--advertise'),
    }),
  )
})
