import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { runSsh } from '../../../src/pair/ssh-process.ts'

describe('the ssh of the system', () => {
  it('is run, and its words and exit code are told', async () => {
    const outcome = await runSsh(['-Q', 'nosuch'], { env: process.env, deadlineMs: 5000 })
    expect(outcome).toMatchObject({ exitCode: 255, stdout: '', timedOut: false })
    expect(outcome.stderr).toContain('nosuch')
  })

  it('is given what the command is to read, and its output is waited for to the end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoal-ssh-'))
    try {
      // A program of that name that gives back what it reads.
      writeFileSync(join(folder, 'ssh'), '#!/bin/sh\nexec cat\n', { mode: 0o755 })
      const input = 'x'.repeat(1_000_000)
      const env = { PATH: `${folder}:${process.env.PATH}` }
      const { stdout, exitCode } = await runSsh([], { env, deadlineMs: 20_000, input })
      expect([exitCode, stdout.length]).toEqual([0, input.length])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is missed by name', async () => {
    await expect(runSsh(['-V'], { env: { PATH: '/nosuch' }, deadlineMs: 5000 })).rejects.toMatchObject({
      code: 'SSH_MISSING',
      nextStep: expect.stringContaining('openssh-client'),
    })
  })
})
