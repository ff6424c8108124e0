import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { agentUnit, renderAgentUnit } from '../../../src/worker/agent-unit.ts'
import { renderCommandLine } from '../../../src/worker/systemd.ts'

it('writes each word of a command line so that systemd reads it as itself', () => {
  expect(renderCommandLine(['/usr/bin/shoal', 'worker', '--log=/var/log/a.log'])).toBe(
    '/usr/bin/shoal worker --log=/var/log/a.log',
  )
  expect(renderCommandLine(['/home/a b/shoal', '100%', '$HOME', 'say "so"', 'back\\slash'])).toBe(
    '"/home/a b/shoal" 100%% "$$HOME" "say \\"so\\"" "back\\\\slash"',
  )
})

it('is a unit that starts at every boot, and again after every crash', () => {
  const unit = renderAgentUnit(['/opt/shoal/bin/shoal', 'worker', 'agent'], {
    DOCKER_HOST: 'unix:///run/d.sock',
  })
  expect(unit).toContain('ExecStart=/opt/shoal/bin/shoal worker agent\n')
  expect(unit).toContain('Environment=DOCKER_HOST=unix:///run/d.sock\n')
  expect(unit).toContain('Restart=always\n')
  expect(unit).toContain('WantedBy=multi-user.target\n')
})

it.runIf(existsSync('/usr/bin/systemd-analyze'))('is a unit that systemd accepts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-unit-'))
  try {
    const file = join(folder, agentUnit)
    writeFileSync(file, renderAgentUnit(['/bin/sh', '-c', 'echo "a b" $HOME %h'], { NAME: 'a value' }))
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--recursive-errors=no', file],
      {
        encoding: 'utf8',
      },
    )
    // What it does not understand it says on stderr.
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
