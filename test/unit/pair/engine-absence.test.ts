import { describe, expect, it } from 'vitest'
import { absentEngineError } from '../../../src/pair/engine-absence.ts'

describe('why an Engine does not answer', () => {
  it.each([
    ['missing', 'ENGINE_ABSENT', 'not installed', 'apt-get install docker.io'],
    ['stopped', 'ENGINE_ABSENT', 'does not run', 'systemctl start docker'],
    ['stale', 'ENGINE_ABSENT', 'nobody listens', 'systemctl restart docker'],
    ['denied', 'ENGINE_DENIED', 'pi may not use /var/run/docker.sock', 'usermod -aG docker pi'],
    ['forbidden', 'FORWARDING_DENIED', 'does not forward', 'AllowStreamLocalForwarding'],
    ['', 'ENGINE_ABSENT', 'nothing answers', 'check that Docker runs'],
  ])('%s', (word, code, reason, nextStep) => {
    expect(absentEngineError('pi@edge', word, 'pi', undefined)).toMatchObject({
      code,
      place: 'pi@edge',
      reason: expect.stringContaining(reason),
      nextStep: expect.stringContaining(nextStep),
    })
  })
})
