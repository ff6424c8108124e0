import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findOwnCgroup, isPartOfMachine, processorsOf } from '../../../src/telemetry/own-cgroup.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-own-'))
  mkdirSync(join(root, 'self/ns'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

function process(namespace: number, group: string, mountinfo: string): void {
  symlinkSync(`cgroup:[${namespace}]`, join(root, 'self/ns/cgroup'))
  writeFileSync(join(root, 'self/cgroup'), group)
  writeFileSync(join(root, 'self/mountinfo'), mountinfo)
}

const machine = 4026531835
const version2 = '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'

describe('the cgroup of a node', () => {
  it('is that of the process itself on a machine', () => {
    process(machine, '0::/user.slice/session-1.scope\n', version2)
    expect(isPartOfMachine(root)).toBe(false)
    expect(findOwnCgroup(root)?.cpu).toBe('/sys/fs/cgroup/user.slice/session-1.scope')
  })

  it('is the root of a part of a machine, not the leaf that the process is in', () => {
    process(4026532500, '0::/init\n', version2)
    expect(isPartOfMachine(root)).toBe(true)
    expect(findOwnCgroup(root)?.cpu).toBe('/sys/fs/cgroup')
  })

  it('is one a controller in version 1', () => {
    process(
      4026532500,
      '3:cpuacct:/a\n2:cpu:/a\n1:memory:/a\n',
      ['cpuacct', 'cpu', 'memory'].map((name) => `3 2 0:2 / /cg/${name} rw - cgroup x rw,${name}`).join('\n'),
    )
    expect(findOwnCgroup(root)).toEqual({
      version: 1,
      cpu: '/cg/cpuacct',
      memory: '/cg/memory',
      quota: '/cg/cpu',
    })
  })

  it('is none where no hierarchy is mounted, or the kernel has no such namespaces', () => {
    expect(isPartOfMachine(root)).toBe(false)
    expect(findOwnCgroup(root)).toBeUndefined()
  })
})

describe('the processors of a node', () => {
  const allow = (list: string): void =>
    writeFileSync(join(root, 'self/status'), `Name:\tx\nCpus_allowed_list:\t${list}\n`)

  it.each([
    ['0-3,8', 'max 100000', 5],
    ['0-3', '50000 100000', 0.5],
    ['0-1', '800000 100000', 2],
  ])('are those of %s with %s: %d', (list, max, expected) => {
    allow(list)
    writeFileSync(join(root, 'cpu.max'), `${max}\n`)
    expect(processorsOf({ version: 2, cpu: root, memory: root, quota: root }, root)).toBe(expected)
  })

  it.each([
    ['-1', 2],
    ['150000', 1.5],
  ])('are limited in version 1 by a quota of %s: %d', (quota, expected) => {
    allow('0-1')
    writeFileSync(join(root, 'cpu.cfs_quota_us'), `${quota}\n`)
    writeFileSync(join(root, 'cpu.cfs_period_us'), '100000\n')
    expect(processorsOf({ version: 1, cpu: root, memory: root, quota: root }, root)).toBe(expected)
  })
})
