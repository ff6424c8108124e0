import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aptConfig, sourcesOf } from '../../../src/image/debian-packages.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-apt-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const hasApt = () => {
  try {
    execFileSync('apt-config', ['--version'])
    return true
  } catch {
    return false
  }
}

describe('an apt of our own', () => {
  it.runIf(hasApt())('knows one architecture, and no file of the machine’s but its keys', () => {
    const path = join(folder, 'apt.conf')
    writeFileSync(path, aptConfig(folder, 'arm64'))
    const dump = execFileSync('apt-config', [`--config-file=${path}`, 'dump'], { encoding: 'utf8' })
    const settings = new Map(
      dump
        .split('\n')
        .map((line) => (/^(\S+) "(.*)";$/.exec(line)?.slice(1, 3) as [string, string]) ?? ['', '']),
    )
    expect(settings.get('APT::Architecture')).toBe('arm64')
    expect(dump.match(/^APT::Architectures:: .*$/gm)).toEqual(['APT::Architectures:: "arm64";'])
    for (const name of ['Dir::State', 'Dir::State::status', 'Dir::Cache', 'Dir::Etc::sourcelist']) {
      expect(settings.get(name)).toContain(folder)
    }
    expect(dump).not.toContain('Post-Invoke::')
  })

  it('uses the server that the machine uses for its release, and no third party', () => {
    const targets = [
      'https://packages.example/apt bookworm-extra main',
      'http://mirror.example/debian/ bookworm-updates main',
      'http://mirror.example/debian/ bookworm main',
      '',
    ].join('\n')
    expect(sourcesOf(targets, 'bookworm', '/keys.gpg')).toBe(
      'deb [signed-by=/keys.gpg] http://mirror.example/debian/ bookworm main\n',
    )
    expect(sourcesOf('', 'trixie', undefined)).toBe('deb http://deb.debian.org/debian trixie main\n')
  })
})
