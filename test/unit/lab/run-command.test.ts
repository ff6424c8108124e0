import { describe, expect, it } from 'vitest'
import { runCommand, runStep } from '../../../lab/run-command.ts'

const step = { action: 'lay', object: 'the link', place: 'worker1' }

describe('a program that is run', () => {
  it('is fed, and gives both outputs and its exit code', async () => {
    const script = 'cat; echo oops >&2; exit 3'
    expect(await runCommand(['sh', '-c', script], { input: 'in' })).toEqual({
      exitCode: 3,
      stdout: 'in',
      stderr: 'oops\n',
    })
  })

  it('that ends by a signal has the exit code that shells give', async () => {
    expect((await runCommand(['sh', '-c', 'kill -TERM $$'])).exitCode).toBe(143)
  })

  it('is killed when it is late', async () => {
    await expect(runCommand(['sleep', '60'], { timeoutMs: 50 })).rejects.toThrow('no end after 0.05 s')
  })

  it('is killed when the signal is aborted', async () => {
    await expect(runCommand(['sleep', '60'], { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      'aborted due to timeout',
    )
  })

  it('may end without reading its input', async () => {
    expect((await runCommand(['true'], { input: 'x'.repeat(1 << 20) })).exitCode).toBe(0)
  })
})

describe('a step that fails', () => {
  it('names itself, the program without the words that lead into a namespace, and what that said', async () => {
    const argv = ['env', '--', 'sh', '-c', 'echo File exists >&2; exit 2']
    await expect(runStep(step, argv)).rejects.toMatchObject({
      code: 'LAB_STEP_FAILED',
      message: 'lay, the link, worker1: sh -c echo File exists >&2; exit 2: File exists',
    })
  })

  it('says when the program is not there', async () => {
    await expect(runStep(step, ['no-such-program'])).rejects.toMatchObject({
      message: 'lay, the link, worker1: no-such-program: spawn no-such-program ENOENT',
    })
  })
})
