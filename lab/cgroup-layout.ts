// Which cgroup hierarchies this machine has: one of version 2, or several of version 1 (with perhaps one of version 2 beside them).
import { readFileSync } from 'node:fs'
import { ShoalError } from '../src/model/errors.ts'

export interface Hierarchy {
  readonly mountPoint: string
  /** `cpu`, `memory`, `name=systemd` …; empty for version 2. */
  readonly controllers: readonly string[]
}

export interface CgroupLayout {
  /** 1 also when a version 2 hierarchy stands beside version 1 ones, since the controllers are with those. */
  readonly version: 1 | 2
  readonly hierarchies: readonly Hierarchy[]
}

const notControllers = ['rw', 'ro', 'xattr', 'clone_children', 'cpuset_v2_mode', 'noprefix', 'nsdelegate']

/**
 * From /proc/self/mountinfo; undefined when no hierarchy is mounted.
 * @see proc_pid_mountinfo(5): … root mount-point options [tags] - type source super-options
 */
export function parseCgroupLayout(mountinfo: string): CgroupLayout | undefined {
  const byDevice = new Map<string, Hierarchy & { readonly type: string }>()
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const [, , device = '', , mountPoint = ''] = left.split(' ')
    const [type = '', , superOptions = ''] = right.split(' ')
    if ((type !== 'cgroup' && type !== 'cgroup2') || byDevice.has(device)) continue
    const options = type === 'cgroup' ? superOptions.split(',') : []
    const controllers = options.filter((one) => !notControllers.includes(one) && !/^release_agent=/.test(one))
    byDevice.set(device, { type, mountPoint, controllers })
  }
  const hierarchies = [...byDevice.values()]
  if (hierarchies.length === 0) return undefined
  const version = hierarchies.some(({ type }) => type === 'cgroup') ? 1 : 2
  return {
    version,
    hierarchies: hierarchies.map(({ mountPoint, controllers }) => ({ mountPoint, controllers })),
  }
}

/** This machine's. Throws `LAB_UNFIT` when no hierarchy is mounted. */
export function readCgroupLayout(): CgroupLayout {
  const layout = parseCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (layout !== undefined) return layout
  throw new ShoalError('LAB_UNFIT', {
    action: 'find',
    object: 'the cgroup hierarchies',
    place: 'this machine',
    reason: 'none is mounted',
    nextStep: 'mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup',
  })
}
