// CPU time of containers, through the cgroup of a process of each.
import { readFile } from 'node:fs/promises'
import { type CgroupFolders, cgroupFoldersOf, readCgroupUsage } from './cgroup-usage.ts'

/** A container keeps its groups as long as it runs: they are looked up once for a process. */
const known = new Map<number, CgroupFolders | undefined>()
const mostKnown = 4096

/** @returns microseconds by name; a container that has ended is left out */
export async function containerUsage(
  processes: ReadonlyMap<string, number>,
  proc: string,
): Promise<Readonly<Record<string, number>>> {
  const usage = await Promise.all(
    [...processes].map(async ([name, pid]) => {
      const folders = await foldersOf(pid, proc)
      const used = folders === undefined ? undefined : (await readCgroupUsage(folders)).cpuUs
      return used === undefined ? [] : [[name, used] as const]
    }),
  )
  return Object.fromEntries(usage.flat())
}

export async function foldersOf(pid: number, proc = '/proc'): Promise<CgroupFolders | undefined> {
  if (known.has(pid)) return known.get(pid)
  if (known.size > mostKnown) known.clear()
  const [group, mounts] = await Promise.all([
    readFile(`${proc}/${pid}/cgroup`, 'utf8').catch(() => ''),
    readFile(`${proc}/self/mountinfo`, 'utf8').catch(() => ''),
  ])
  const folders = group === '' ? undefined : cgroupFoldersOf(group, mounts)
  if (folders !== undefined) known.set(pid, folders)
  return folders
}
