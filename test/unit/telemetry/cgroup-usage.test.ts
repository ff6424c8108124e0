import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cgroupFoldersOf, readCgroupUsage } from '../../../src/telemetry/cgroup-usage.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('the groups of a process', () => {
  const version1 = `
30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`
  const version2 = '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw'

  it('are found in version 1, each where its controller is', () => {
    expect(cgroupFoldersOf('4:memory:/docker/a\n3:cpu,cpuacct:/docker/a\n0::/x', version1)).toEqual({
      version: 1,
      cpu: '/sys/fs/cgroup/cpu,cpuacct/docker/a',
      memory: '/sys/fs/cgroup/memory/docker/a',
      quota: '/sys/fs/cgroup/cpu,cpuacct/docker/a',
    })
  })

  it('are one in version 2', () => {
    expect(cgroupFoldersOf('0::/system.slice/docker-a.scope\n', version2)).toEqual({
      version: 2,
      cpu: '/sys/fs/cgroup/system.slice/docker-a.scope',
      memory: '/sys/fs/cgroup/system.slice/docker-a.scope',
      quota: '/sys/fs/cgroup/system.slice/docker-a.scope',
    })
  })

  it('are below what is mounted where only a part of the hierarchy is', () => {
    const part = '30 25 0:26 /lab/host /sys/fs/cgroup rw - cgroup2 cgroup2 rw'
    expect(cgroupFoldersOf('0::/lab/host/docker/a', part)?.cpu).toBe('/sys/fs/cgroup/docker/a')
  })

  it('are found on this machine', () => {
    const folders = cgroupFoldersOf(
      readFileSync('/proc/self/cgroup', 'utf8'),
      readFileSync('/proc/self/mountinfo', 'utf8'),
    )
    if (folders === undefined) throw new Error('no cgroup here')
    expect(readCgroupUsage(folders).cpuUs).toBeGreaterThan(0)
  })
})

describe('what a group has used', () => {
  it('is read in version 2, cached files left out', () => {
    write('a/cpu.stat', 'usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\n')
    write('a/memory.current', '1000\n')
    write('a/memory.stat', 'anon 1\nactive_file 200\ninactive_file 300\n')
    const folder = join(root, 'a')
    expect(readCgroupUsage({ version: 2, cpu: folder, memory: folder })).toEqual({
      cpuUs: 3000,
      userUs: 2000,
      systemUs: 1000,
      memoryBytes: 500,
    })
  })

  it('is read in version 1, cached files left out', () => {
    write('cpu/cpuacct.usage', '3000000\n')
    write('cpu/cpuacct.stat', 'user 2\nsystem 1\n')
    write('memory/memory.usage_in_bytes', '1000\n')
    write('memory/memory.stat', 'cache 1\ntotal_active_file 200\ntotal_inactive_file 300\n')
    expect(readCgroupUsage({ version: 1, cpu: join(root, 'cpu'), memory: join(root, 'memory') })).toEqual({
      cpuUs: 3000,
      userUs: 20_000,
      systemUs: 10_000,
      memoryBytes: 500,
    })
  })

  it('is not known of one that is gone', () => {
    expect(readCgroupUsage({ version: 2, cpu: join(root, 'x'), memory: join(root, 'x') })).toEqual({
      cpuUs: undefined,
      userUs: undefined,
      systemUs: undefined,
      memoryBytes: undefined,
    })
  })
})
