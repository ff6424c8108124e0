import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { productCommands } from '../../../src/cli/main.ts'
import { renderTraces } from '../../../src/cli/manager-status.ts'
import { renderManagerUnit } from '../../../src/cli/manager-unit.ts'
import { run } from '../../../src/cli/run.ts'
import { KeyFolder } from '../../../src/manager/keys/key-folder.ts'

const execute = promisify(execFile)

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-manager-command-'))
})

afterEach(() => rm(folder, { recursive: true }))

async function manager(...argv: string[]) {
  const written = { out: '', err: '' }
  const exitCode = await run(
    productCommands,
    ['manager', ...argv],
    {
      out: (text) => {
        written.out += text
      },
      err: (text) => {
        written.err += text
      },
      isTerminal: false,
      env: { DOCKER_HOST: `unix://${join(folder, 'no engine here')}` },
      signal: new AbortController().signal,
    },
    '0.0.0',
  )
  return { exitCode, ...written }
}

describe('shoal manager token', () => {
  it('prints one token and nothing else, and makes older ones void on request', async () => {
    const keys = await KeyFolder.open(folder, { names: [], nowMs: Date.now() })
    const { out: first } = await manager('token', '--data', folder)
    expect(keys.judgeToken(first.trim(), Date.now())).toBe('valid')
    expect(keys.judgeToken(first.trim(), Date.now() + 25 * 3_600_000)).toBe('expired')
    const { out: second } = await manager('token', '--data', folder, '--rotate', '--valid', '30d')
    await keys.reread()
    expect(keys.judgeToken(first.trim(), Date.now())).toBe('wrong')
    expect(keys.judgeToken(second.trim(), Date.now() + 29 * 86_400_000)).toBe('valid')
  })

  it('makes no keys', async () => {
    const { exitCode, err } = await manager('token', '--data', folder)
    expect(exitCode).toBe(1)
    expect(err).toBe(
      `error[KEYS_ABSENT]: open, the keys of the cluster, ${folder}: there are none: the manager makes them at its first start\n` +
        '  next: shoal manager start, or name another folder with --data\n',
    )
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['0h', '24', 'soon', '-1h'])('takes %s for no time, and voids nothing', async (valid) => {
    const keys = await KeyFolder.open(folder, { names: [], nowMs: Date.now() })
    const token = keys.issueToken({ validMs: 60_000, nowMs: Date.now() })
    const { exitCode, err } = await manager('token', '--data', folder, '--rotate', `--valid=${valid}`)
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`--valid ${valid} is no time`)])
    await keys.reread()
    expect(keys.judgeToken(token, Date.now())).toBe('valid')
  })
})

describe('shoal manager start', () => {
  it.each(['0', '65536', 'http', '80.5'])('takes %s for no port', async (port) => {
    const { exitCode, err } = await manager('start', '--data', folder, '--http-port', port)
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`--http-port ${port} is no port`)])
  })
})

describe('shoal manager status', () => {
  it('says plainly what there is where no manager answers', () => {
    const text = renderTraces({
      process: null,
      unit: null,
      keys: { folder: '/var/lib/shoal/manager', state: 'whole', cluster: '0123456789abcdef' },
      engine: { state: 'Docker 20.10.24', swarm: 'manager, at 10.77.0.1' },
    })
    expect(text).toBe(
      [
        'manager  none answers on this machine at port 8480/tcp; none runs with this key folder',
        'unit     none; shoal manager install writes one',
        'keys     /var/lib/shoal/manager: cluster 0123456789abcdef',
        'Engine   Docker 20.10.24',
        'Swarm    manager, at 10.77.0.1',
        'next     shoal manager start',
        '',
      ].join('\n'),
    )
  })
})

describe('the unit of the manager', () => {
  const argv = ['/opt/sho al/bin/shoal', 'manager', 'start', '--data', '/srv/100% $HOME']
  const text = renderManagerUnit(argv, ['/srv/100% $HOME', '/etc/docker'])

  it('starts exactly this command, and may write its folders alone', () => {
    expect(text).toContain('\nExecStart="/opt/sho al/bin/shoal" manager start --data "/srv/100%% $$HOME"\n')
    expect(text).toContain('\nProtectSystem=strict\nReadWritePaths="/srv/100%% $HOME" "/etc/docker"\n')
  })

  it('reaches an Engine that is not at the usual place', () => {
    const elsewhere = renderManagerUnit(argv, [], { DOCKER_HOST: 'unix:///run/other docker.sock' })
    expect(elsewhere).toContain('\nEnvironment="DOCKER_HOST=unix:///run/other docker.sock"\n')
    expect(text).not.toContain('Environment')
  })

  it.skipIf(!existsSync('/usr/bin/systemd-analyze'))(
    'is one that systemd has no complaint about',
    async () => {
      const file = join(folder, 'shoal-manager.service')
      await writeFile(file, renderManagerUnit([process.execPath, 'start'], [folder, '/etc/docker']))
      await writeFile(join(folder, 'docker.service'), '[Service]\nExecStart=/bin/true\n')
      const { stdout, stderr } = await execute('systemd-analyze', ['verify', '--man=no', file])
      expect(stdout + stderr).toBe('')
    },
  )
})
