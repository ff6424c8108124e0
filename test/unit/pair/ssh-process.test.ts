import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { runSsh } from '../../../src/pair/ssh-process.ts'

describe('the ssh of the system', () => {
  it('is run, and its words and exit code are told', async () => {
    const outcome = await runSsh(['-Q', 'nosuch'], { env: process.env, deadlineMs: 5000 })
    expect(outcome).toMatchObject({ exitCode: 255, stdout: '', timedOut: false })
    expect(outcome.stderr).toContain('nosuch')
  })

  it('is missed by name', async () => {
    await expect(runSsh(['-V'], { env: { PATH: '/nosuch' }, deadlineMs: 5000 })).rejects.toMatchObject({
      code: 'SSH_MISSING',
      nextStep: expect.stringContaining('openssh-client'),
    })
  })
})
