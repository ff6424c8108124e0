import { expect, it } from 'vitest'
import { reasonOf } from '../../../../evaluation/run/settle.ts'
import { ShoalError } from '../../../../src/model/errors.ts'

it('a reason keeps the code to look up, and what to do', () => {
  const parts = { action: 'connect', object: 'root@board1', reason: 'no key of yours is known there' }
  const nextStep = 'ssh-copy-id root@board1'
  expect(reasonOf(new ShoalError('LOGIN_DENIED', { ...parts, nextStep }))).toBe(
    '[LOGIN_DENIED] connect, root@board1: no key of yours is known there; next: ssh-copy-id root@board1',
  )
  expect(reasonOf(new ShoalError('LOGIN_DENIED', parts))).not.toContain('next')
  expect([reasonOf(new Error('it broke')), reasonOf('stopped')]).toEqual(['it broke', 'stopped'])
})
