// What a cgroup has used: version 1 and 2 alike.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface CgroupFolders {
  readonly version: 1 | 2
  /** That count CPU time and memory; equal in version 2. */
  readonly cpu: string
  readonly memory: string
}

export interface CgroupUsage {
  /** Microseconds since the group was made; user and system apart where the kernel tells. */
  readonly cpuUs: number | undefined
  readonly userUs: number | undefined
  readonly systemUs: number | undefined
  /** Without what the kernel could drop at once. */
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
    return join(mount.point, below)
  }
  const [cpu, memory] = [folder('cpuacct'), folder('memory')]
  if (cpu !== undefined) return { version: 1, cpu, memory: memory ?? cpu }
  const unified = folder('')
  return unified === undefined ? undefined : { version: 2, cpu: unified, memory: unified }
}

export async function readCgroupUsage({ version, cpu, memory }: CgroupFolders): Promise<CgroupUsage> {
  return version === 2 ? await readVersion2(cpu) : await readVersion1(cpu, memory)
}

async function readVersion2(folder: string): Promise<CgroupUsage> {
  const [cpu, memory, memoryStat] = await Promise.all([
    readText(join(folder, 'cpu.stat')),
    readText(join(folder, 'memory.current')),
    readText(join(folder, 'memory.stat')),
  ])
  return {
    cpuUs: field(cpu, 'usage_usec'),
    userUs: field(cpu, 'user_usec'),
    systemUs: field(cpu, 'system_usec'),
    memoryBytes: lessInactive(memory, field(memoryStat, 'inactive_file')),
  }
}

async function readVersion1(cpuFolder: string, memoryFolder: string): Promise<CgroupUsage> {
  const [usage, stat, memory, memoryStat] = await Promise.all([
    readText(join(cpuFolder, 'cpuacct.usage')),
    readText(join(cpuFolder, 'cpuacct.stat')),
    readText(join(memoryFolder, 'memory.usage_in_bytes')),
    readText(join(memoryFolder, 'memory.stat')),
  ])
  const ticks = (name: string): number | undefined => {
    const value = field(stat, name)
    return value === undefined ? undefined : value * usPerTick
  }
  const nanoseconds = numberOf(usage)
  return {
    cpuUs: nanoseconds === undefined ? undefined : nanoseconds / 1000,
    userUs: ticks('user'),
    systemUs: ticks('system'),
    memoryBytes: lessInactive(memory, field(memoryStat, 'total_inactive_file')),
  }
}

function lessInactive(text: string, inactive: number | undefined): number | undefined {
  const used = numberOf(text)
  return used === undefined ? undefined : Math.max(0, used - (inactive ?? 0))
}

function field(text: string, name: string): number | undefined {
  return numberOf(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  return /^\d+$/.test(trimmed) ? Number(trimmed) : undefined
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '')
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
