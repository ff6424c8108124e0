// What a cgroup has used: version 1 and 2 alike.
import { join } from 'node:path'
import { readKernelFile } from './kernel-file.ts'

export interface CgroupFolders {
  readonly version: 1 | 2
  /** That count CPU time and memory; equal in version 2. */
  readonly cpu: string
  readonly memory: string
  /** That limits CPU time. */
  readonly quota: string
}

export interface CgroupUsage {
  /** Microseconds since the group was made; user and system apart where the kernel tells. */
  readonly cpuUs: number | undefined
  readonly userUs: number | undefined
  readonly systemUs: number | undefined
  /** Without files that are cached, whoever read them last: how many there are depends on what ran here before. */
  readonly memoryBytes: number | undefined
}

/** Clock ticks of cpuacct.stat: USER_HZ, which is 100 on every architecture of Linux that Docker runs on. */
const usPerTick = 10_000

/**
 * The folders of a process's groups, from its /proc/PID/cgroup (cgroups(7)) and the machine's mounts.
 * @returns undefined where neither version counts CPU time there
 */
export function cgroupFoldersOf(cgroupText: string, mountinfo: string): CgroupFolders | undefined {
  const paths = new Map<string, string>()
  for (const line of cgroupText.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) continue
    if (controllers === '') paths.set('', path)
    else for (const controller of controllers.split(',')) paths.set(controller, path)
  }
  const mounts = parseMounts(mountinfo)
  const folder = (controller: string): string | undefined => {
    const [mount, path] = [mounts.get(controller), paths.get(controller)]
    if (mount === undefined || path === undefined) return undefined
    const below = path.startsWith(mount.root) ? path.slice(mount.root === '/' ? 0 : mount.root.length) : path
    return below === '/' ? mount.point : join(mount.point, below)
  }
  const [cpu, memory, quota] = [folder('cpuacct'), folder('memory'), folder('cpu')]
  if (cpu !== undefined) return { version: 1, cpu, memory: memory ?? cpu, quota: quota ?? cpu }
  const unified = folder('')
  return unified === undefined ? undefined : { version: 2, cpu: unified, memory: unified, quota: unified }
}

export function readCgroupUsage(folders: Omit<CgroupFolders, 'quota'>): CgroupUsage {
  return { ...readCpuTime(folders), memoryBytes: readMemory(folders) }
}

function readCpuTime({
  version,
  cpu,
}: Pick<CgroupFolders, 'version' | 'cpu'>): Omit<CgroupUsage, 'memoryBytes'> {
  if (version === 2) {
    const stat = readKernelFile(join(cpu, 'cpu.stat'))
    return {
      cpuUs: field(stat, 'usage_usec'),
      userUs: field(stat, 'user_usec'),
      systemUs: field(stat, 'system_usec'),
    }
  }
  const stat = readKernelFile(join(cpu, 'cpuacct.stat'))
  const ticks = (name: string): number | undefined => {
    const value = field(stat, name)
    return value === undefined ? undefined : value * usPerTick
  }
  return { cpuUs: readCpuUs({ version, cpu }), userUs: ticks('user'), systemUs: ticks('system') }
}

/** Microseconds since the group was made. */
export function readCpuUs({ version, cpu }: Pick<CgroupFolders, 'version' | 'cpu'>): number | undefined {
  if (version === 2) return field(readKernelFile(join(cpu, 'cpu.stat')), 'usage_usec')
  const nanoseconds = numberOf(readKernelFile(join(cpu, 'cpuacct.usage')))
  return nanoseconds === undefined ? undefined : nanoseconds / 1000
}

function readMemory({ version, memory }: Pick<CgroupFolders, 'version' | 'memory'>): number | undefined {
  const stat = readKernelFile(join(memory, 'memory.stat'))
  return version === 2
    ? lessFiles(readKernelFile(join(memory, 'memory.current')), stat, '')
    : lessFiles(readKernelFile(join(memory, 'memory.usage_in_bytes')), stat, 'total_')
}

function lessFiles(text: string, stat: string, prefix: '' | 'total_'): number | undefined {
  const used = numberOf(text)
  const files = ['active_file', 'inactive_file'].map((name) => field(stat, `${prefix}${name}`) ?? 0)
  return used === undefined
    ? undefined
    : Math.max(
        0,
        files.reduce((left, bytes) => left - bytes, used),
      )
}

function field(text: string, name: string): number | undefined {
  return numberOf(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  return /^\d+$/.test(trimmed) ? Number(trimmed) : undefined
}

interface Mount {
  readonly point: string
  /** What of the hierarchy is mounted. */
  readonly root: string
}

/** proc_pid_mountinfo(5); the first mount of each hierarchy counts. */
function parseMounts(mountinfo: string): ReadonlyMap<string, Mount> {
  const mounts = new Map<string, Mount>()
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const [, , , root = '/', point = ''] = left.split(' ')
    const [type = '', , options = ''] = right.split(' ')
    const names = type === 'cgroup' ? options.split(',') : type === 'cgroup2' ? [''] : []
    for (const name of names) if (!mounts.has(name)) mounts.set(name, { root, point })
  }
  return mounts
}
