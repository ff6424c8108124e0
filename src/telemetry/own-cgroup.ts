// The cgroup of the node that this process belongs to: all of a host of the lab, or of another part of a machine that has cgroups of its own.
import { readlinkSync } from 'node:fs'
import { type CgroupFolders, cgroupFoldersOf } from './cgroup-usage.ts'
import { readKernelFile } from './kernel-file.ts'

/** The cgroup namespace that every machine starts with: PROC_CGROUP_INIT_INO of include/linux/proc_ns.h. */
const machineNamespace = 'cgroup:[4026531835]'

/**
 * Whether this process is in a part of a machine: its cgroup namespace is not the machine's first one. Then /proc/stat and /proc/loadavg tell
 * of more than the node.
 */
export function isPartOfMachine(proc = '/proc'): boolean {
  try {
    return readlinkSync(`${proc}/self/ns/cgroup`) !== machineNamespace
  } catch {
    // A kernel without such namespaces.
    return false
  }
}

/** In a part of a machine the group that is its root, whichever leaf this process is in; else the group of this process. */
export function findOwnCgroup(proc = '/proc'): CgroupFolders | undefined {
  const own = readKernelFile(`${proc}/self/cgroup`)
  const group = isPartOfMachine(proc) ? own.replaceAll(/^(\d+:[^:]*:).*$/gm, '$1/') : own
  return cgroupFoldersOf(group, readKernelFile(`${proc}/self/mountinfo`))
}

/** How many processors it may use: those that it may run on, or fewer by a quota, which may be half a one. */
export function processorsOf(folders: CgroupFolders, proc = '/proc'): number {
  const allowed = countList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readKernelFile(`${proc}/self/status`))?.[1])
  const [quota, period] = quotaOf(folders)
  return quota > 0 && period > 0 ? Math.min(allowed, quota / period) : allowed
}

/** Microseconds, and of how many; the quota is no number where there is none. Version 1 keeps it with the controller `cpu`. */
function quotaOf({ version, quota }: CgroupFolders): readonly [number, number] {
  if (version === 2) {
    const [most, period] = readKernelFile(`${quota}/cpu.max`).split(' ').map(Number)
    return [most ?? Number.NaN, period ?? Number.NaN]
  }
  const read = (file: string): number => Number(readKernelFile(`${quota}/${file}`) || Number.NaN)
  return [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us')]
}

/** `0-3,8` is five. */
function countList(list = '0'): number {
  const ranges = list.split(',').map((range) => range.split('-').map(Number))
  return ranges.reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0)
}
