// CPU time of containers, through the cgroup of a process of each.
import { type CgroupFolders, cgroupFoldersOf, readCpuUs } from './cgroup-usage.ts'
import { readKernelFile } from './kernel-file.ts'

export class ContainerUsage {
  /** By process: a container keeps its groups as long as it runs. */
  #folders: ReadonlyMap<number, CgroupFolders> = new Map()
  readonly #proc: string

  constructor(proc: string) {
    this.#proc = proc
  }

  /** @returns microseconds by name; a container that has ended is left out */
  read(processes: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
    const folders = new Map<number, CgroupFolders>()
    const usage = [...processes].flatMap(([name, pid]) => {
      const own = this.#folders.get(pid) ?? this.#find(pid)
      const used = own === undefined ? undefined : readCpuUs(own)
      if (own === undefined || used === undefined) return []
      folders.set(pid, own)
      return [[name, used] as const]
    })
    this.#folders = folders
    return Object.fromEntries(usage)
  }

  #find(pid: number): CgroupFolders | undefined {
    const group = readKernelFile(`${this.#proc}/${pid}/cgroup`)
    return group === '' ? undefined : cgroupFoldersOf(group, readKernelFile(`${this.#proc}/self/mountinfo`))
  }
}
