import { describe, expect, it } from 'vitest'
import { run } from '../../../src/cli/run.ts'
import { sampleCommand } from '../../../src/cli/sample-command.ts'

/** Stopped before the first sample. */
async function sample(...words: readonly string[]) {
  const written = { out: '', err: '' }
  const io = {
    out: (text: string) => {
      written.out += text
    },
    err: (text: string) => {
      written.err += text
    },
    isTerminal: false,
    env: {},
    signal: AbortSignal.abort('SIGINT'),
  }
  const commands = { sample: { summary: '', load: async () => sampleCommand } }
  return { exitCode: await run(commands, ['sample', ...words], io, '0.0.0'), ...written }
}

describe('shoal sample', () => {
  it.each([
    ['--for', '2147484'],
    ['--every', '2147484'],
    ['--for', '0'],
    ['--for', 'soon'],
    ['--for', ''],
  ])('refuses %s %j: no timer can wait so', async (option, seconds) => {
    const { exitCode, err } = await sample('--power', 'none', option, seconds)
    expect(err).toMatch(/^error\[USAGE\]: .*It is a number of seconds, from 0\.1 to 2147483 \(24\.8 days\)\./)
    expect(exitCode).toBe(2)
  })

  it('takes the longest time that a timer can wait', async () => {
    const { exitCode, out } = await sample('--power', 'none', '--for', '2147483s')
    expect(out).toMatch(/^{"type":"header"/)
    expect(exitCode).toBe(0)
  })
})
