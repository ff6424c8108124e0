// The shell part, with a program in runc's place that shows what it was called with.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withPaths } from '../../../src/runtime/install.ts'

const source = new URL('../../../src/runtime/shoal-runtime.sh', import.meta.url)
let folder: string
let bundle: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-shell-'))
  bundle = join(folder, 'bundle')
  mkdirSync(bundle)
  program('runc', `printf 'runc'; printf '|%s' "$@"; exit 7`)
  program('node', `printf 'node'; printf '|%s' "$@"; echo; exit 0`)
  const paths = { runc: join(folder, 'runc'), node: join(folder, 'node') }
  writeFileSync(join(folder, 'shoal-runtime'), withPaths(readFileSync(source, 'utf8'), paths))
  chmodSync(join(folder, 'shoal-runtime'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}
function writeConfig(text: string): void {
  writeFileSync(join(bundle, 'config.json'), text)
}
function call(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(join(folder, 'shoal-runtime'), words, {
    cwd: bundle,
    encoding: 'utf8',
  })
  return { status, stdout: stdout.replaceAll(folder, ''), stderr: stderr.replaceAll(folder, '') }
}

describe('the program that the Engine calls', () => {
  it('is runc, with the same words and the same status, for all but create', () => {
    writeConfig('{"env":["DOCKER_RESOURCE_X=1"]}')
    for (const words of [
      ['--version'],
      ['--root', 'create', '--log=x', 'start', 'id'],
      ['--log-format', 'json', 'delete', '--force', 'a b', ''],
      [],
    ])
      expect(call(...words)).toEqual({
        status: 7,
        stdout: ['runc', ...(words.length === 0 ? [''] : words)].join('|'),
        stderr: '',
      })
  })

  it('is runc for a create without a claim, or without a configuration', () => {
    writeConfig('{"env":["PATH=/bin"]}')
    expect(call('create', '--bundle', bundle, 'id').stdout).toBe('runc|create|--bundle|/bundle|id')
    expect(call('create', '--bundle', join(folder, 'nowhere'), 'id').stdout).toBe(
      'runc|create|--bundle|/nowhere|id',
    )
  })

  it('runs Node before a create with a claim, however the words are written', () => {
    writeConfig('{"env":["DOCKER_RESOURCE_X=1"]}')
    const told = (stdout: string) => stdout.split('\n')[0]?.replace(/\|\d+\|/, '|PID|')
    const spelled: readonly (readonly string[])[] = [
      [
        '--root',
        '/r',
        '--log',
        '/l',
        '--log-format',
        'json',
        'create',
        '--bundle',
        bundle,
        '--pid-file',
        'p',
        'id',
      ],
      [
        '--root=/r',
        '--log=/l',
        '--debug',
        '--log-format=json',
        'create',
        `--bundle=${bundle}`,
        '--no-pivot',
        'id',
      ],
      [
        '--log',
        '/l',
        '--root',
        '/r',
        '--log-format',
        'json',
        '--systemd-cgroup',
        'create',
        '-b',
        bundle,
        'id',
      ],
    ]
    for (const words of spelled) {
      const { stdout } = call(...words)
      expect(told(stdout)).toBe('node|/create.cjs|PID|/bundle|/r|id|/l|json')
      expect(stdout.split('\n')[1]).toBe(['runc', ...words].join('|').replaceAll(folder, ''))
    }
    expect(told(call('create', 'id').stdout)).toBe('node|/create.cjs|PID|.|/run/runc|id||text')
  })

  it('makes no container where Node refused, and adds nothing to what it told', () => {
    writeConfig('{"env":["DOCKER_RESOURCE_X=1"]}')
    program('node', 'exit 3')
    expect(call('create', 'id')).toEqual({ status: 1, stdout: '', stderr: '' })
  })

  it('makes no container where Node did not run, and says so where the Engine reads it', () => {
    writeConfig('{"env":["DOCKER_RESOURCE_X=1"]}')
    program('node', 'kill -9 $$')
    const log = join(folder, 'log.json')
    expect(call('--log', log, '--log-format', 'json', 'create', 'id')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.any(String),
    })
    expect(JSON.parse(readFileSync(log, 'utf8'))).toEqual({
      level: 'error',
      msg: expect.stringContaining('the device runtime of Shoal did not run (status 137 of '),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/),
    })
    rmSync(join(folder, 'node'))
    expect(call('create', 'id').stderr).toContain('did not run (status 127')
  })
})
