import { describe, expect, it } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { productCommands } from '../../../src/cli/main.ts'
import { run } from '../../../src/cli/run.ts'

async function pair(...argv: readonly string[]) {
  const written = { out: '', err: '' }
  const io: Io = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    isTerminal: false,
    env: { XDG_RUNTIME_DIR: '/nowhere', XDG_STATE_HOME: '/nowhere' },
    signal: new AbortController().signal,
  }
  const exitCode = await run(productCommands, ['pair', ...argv], io, '0')
  return { exitCode, ...written }
}

describe('shoal pair, used wrongly', () => {
  it.each([
    [['run', 'root@worker1'], 'a service or a Compose file is missing'],
    [['run', 'compute'], 'no device is named'],
    [['run', 'root@worker1', 'root@worker1', 'compute'], 'root@worker1 is named twice'],
    [['run', 'root@worker1', 'compute', '--replicas', '0'], 'at least 1'],
    [['run', 'root@worker1', 'compute', '--rm'], 'it needs --watch'],
    [['ps', 'root@-oProxyCommand=x'], 'expected USER@HOST'],
    [['logs', 'root@worker1'], 'is missing'],
    [['logs', 'root@worker1', 'App'], 'expected APPLICATION'],
    [['logs', 'root@worker1', 'app', '--tail', 'x'], 'expected a whole number'],
    [['rm', 'root@worker1'], 'or --all'],
    [['rm', 'root@worker1', 'app', '--all'], 'or --all'],
    [['rm', '--all'], 'missing required argument'],
  ])('%j', async (argv, words) => {
    const { exitCode, err } = await pair(...argv)
    expect(err).toMatch(/^error\[USAGE\]: /)
    expect(err).toContain(words)
    expect(exitCode).toBe(2)
  })

  it('names a key file that is not there', async () => {
    const { exitCode, err } = await pair('ps', 'root@worker1', '--identity', '/nosuch/key')
    expect(err).toMatch(/^error\[FILE_UNREADABLE\]: read, \/nosuch\/key/)
    expect(exitCode).toBe(1)
  })
})
