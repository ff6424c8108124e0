import { describe, expect, it } from 'vitest'
import { parseCgroupLayout } from '../../../lab/cgroup-layout.ts'

const root = '24 1 254:0 / / rw,relatime - ext4 /dev/vda rw'

describe('the cgroup layout', () => {
  it('is version 2 where that is all there is', () => {
    const unified = '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate'
    expect(parseCgroupLayout(`${root}\n${unified}\n`)).toEqual({
      version: 2,
      hierarchies: [{ mountPoint: '/sys/fs/cgroup', controllers: [] }],
    })
  })

  it('is version 1 where controllers are mounted, also beside a version 2', () => {
    const lines = [
      root,
      '31 24 0:27 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw',
      '32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
      '33 24 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/lib/x,name=systemd',
    ]
    expect(parseCgroupLayout(lines.join('\n'))).toEqual({
      version: 1,
      hierarchies: [
        { mountPoint: '/sys/fs/cgroup/unified', controllers: [] },
        { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
        { mountPoint: '/sys/fs/cgroup/systemd', controllers: ['name=systemd'] },
      ],
    })
  })

  it('counts a hierarchy once that is mounted twice', () => {
    const twice = ['/sys/fs/cgroup/pids', '/elsewhere'].map(
      (path) => `35 24 0:31 / ${path} rw - cgroup cgroup rw,pids`,
    )
    expect(parseCgroupLayout(twice.join('\n'))?.hierarchies).toEqual([
      { mountPoint: '/sys/fs/cgroup/pids', controllers: ['pids'] },
    ])
  })

  it('is none where nothing is mounted', () => {
    expect(parseCgroupLayout(root)).toBeUndefined()
  })
})
