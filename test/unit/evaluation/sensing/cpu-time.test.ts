import { describe, expect, it } from 'vitest'
import { cpuFileMark, findCpuFile, parseCpuSeconds } from '../../../../evaluation/sensing/cpu-time.ts'

const version1 = [
  '162 155 0:123 / /sys/fs/cgroup rw - tmpfs cgroup rw,mode=755',
  '213 162 0:35 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
  '244 162 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '246 162 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
]
const version2 = ['26 24 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate']

function output(cgroups: readonly string[], mounts: readonly string[]): string {
  return [...cgroups, cpuFileMark, ...mounts, ''].join('\n')
}

describe('the CPU time of a container', () => {
  it('is counted by cpuacct where cgroups are of version 1', () => {
    const cgroups = ['8:pids:/docker/1a', '2:cpu,cpuacct:/docker/1a', '0::/docker/1a']
    expect(findCpuFile(output(cgroups, version1))).toBe('/sys/fs/cgroup/cpu,cpuacct/docker/1a/cpuacct.usage')
    expect(parseCpuSeconds('466879508\n')).toBe(0.466879508)
  })

  it('is counted by cpu.stat where they are of version 2', () => {
    const found = findCpuFile(output(['0::/system.slice/docker-1a.scope'], version2))
    expect(found).toBe('/sys/fs/cgroup/system.slice/docker-1a.scope/cpu.stat')
    expect(parseCpuSeconds('usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n')).toBe(1.234567)
  })

  it('is not made up where nothing counts it', () => {
    expect(findCpuFile(output(['8:pids:/docker/1a', '0::/docker/1a'], version1))).toBeUndefined()
    expect(findCpuFile(output(['0::/docker/1a'], []))).toBeUndefined()
    expect(parseCpuSeconds('')).toBeUndefined()
    expect(parseCpuSeconds('user_usec 5\n')).toBeUndefined()
  })
})
