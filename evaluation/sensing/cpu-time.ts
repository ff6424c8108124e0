// CPU time of a container, from the files of its cgroup in the host that runs it: version 1 and version 2.
import { join } from 'node:path'
import { parseCgroupLayout } from '../../lab/cgroup-layout.ts'

/** Cuts the two texts that `findCpuFile` needs apart; no line of either looks like it. */
export const cpuFileMark = '--'

/** Run in the host with the container's id as $1: prints the cgroups of its first process, the mark, and the host's mounts. */
export const cpuFileScript = `cat "/proc/$(docker inspect --format '{{.State.Pid}}' "$1")/cgroup" && echo ${cpuFileMark} && cat /proc/self/mountinfo`

/**
 * The file that counts the CPU time of the cgroup.
 * @param output of `cpuFileScript`
 * @see cgroups(7): lines of /proc/PID/cgroup are hierarchy-ID:controllers:path, the controllers of version 2 being empty
 */
export function findCpuFile(output: string): string | undefined {
  const [cgroups = '', mountinfo = ''] = output.split(`\n${cpuFileMark}\n`)
  const layout = parseCgroupLayout(mountinfo)
  const isVersion1 = layout?.version === 1
  const hierarchy = layout?.hierarchies.find(
    ({ controllers }) => !isVersion1 || controllers.includes('cpuacct'),
  )
  for (const line of cgroups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined || hierarchy === undefined) continue
    if (isVersion1 && controllers.split(',').includes('cpuacct'))
      return join(hierarchy.mountPoint, path, 'cpuacct.usage')
    if (!isVersion1 && controllers === '') return join(hierarchy.mountPoint, path, 'cpu.stat')
  }
  return undefined
}

/**
 * Seconds, from the text of that file.
 * @see the kernel's cgroup-v1/cpuacct (nanoseconds) and cgroup-v2, cpu.stat (usage_usec)
 */
export function parseCpuSeconds(text: string): number | undefined {
  const microseconds = /^usage_usec (\d+)$/m.exec(text)?.[1]
  if (microseconds !== undefined) return Number(microseconds) / 1e6
  return /^\d+$/.test(text.trim()) ? Number(text) / 1e9 : undefined
}
