// A part of a machine that stands for a node of its own, as the hosts of the lab do: its cgroup, and a load average reckoned for it.
import { readdirSync } from 'node:fs'
import { countActive, listTasks } from './active-tasks.ts'
import { type CgroupFolders, type CgroupUsage, readCgroupUsage } from './cgroup-usage.ts'
import { ContainerUsage } from './container-usage.ts'
import { readKernelFile } from './kernel-file.ts'
import { LoadAverage } from './load-average.ts'
import { type CpuShare, type NodeSource, noShare } from './node-look.ts'
import { parseNetworkBytes } from './proc-files.ts'

export interface CgroupSourceOptions {
  /** Of the node: all that runs in it is in this group, or in those below it. */
  readonly folders: CgroupFolders
  /** Processors that it may use. */
  readonly cpus: number
  /** Names of the containers to look at, by a process of each. */
  readonly containers: () => ReadonlyMap<string, number>
  readonly proc?: string
}

/** Network bytes are those of the network namespace that this process is in. */
export function cgroupSource({ folders, cpus, containers, proc = '/proc' }: CgroupSourceOptions): NodeSource {
  const containerUsage = new ContainerUsage(proc)
  let load: LoadAverage | undefined
  let before: Counted | undefined
  return {
    kind: 'cgroup',
    look: (atMs) => {
      const usage = readCgroupUsage(folders)
      load ??= new LoadAverage(atMs)
      load.count(() => countOthers(listTasks(folders.cpu), proc), atMs)
      const now = { atMs, usage }
      const cpu = before === undefined ? noShare : shareBetween(before, now, cpus)
      before = now
      const network = readKernelFile(`${proc}/net/dev`)
      const bytes = network === '' ? undefined : parseNetworkBytes(network)
      return {
        atMs,
        cpu,
        load: load.values,
        memoryBytes: usage.memoryBytes ?? null,
        receivedBytes: bytes?.received ?? null,
        sentBytes: bytes?.sent ?? null,
        containerCpuUs: containerUsage.read(containers()),
      }
    },
  }
}

interface Counted {
  readonly atMs: number
  readonly usage: CgroupUsage
}

/** A group does not say for how long it waited for disks. */
function shareBetween(before: Counted, now: Counted, cpus: number): CpuShare {
  const possibleUs = (now.atMs - before.atMs) * 1000 * cpus
  const share = (part: 'cpuUs' | 'userUs' | 'systemUs'): number | null => {
    const [from, to] = [before.usage[part], now.usage[part]]
    if (from === undefined || to === undefined || possibleUs <= 0 || to < from) return null
    return Math.min(1, (to - from) / possibleUs)
  }
  return { all: share('cpuUs'), user: share('userUs'), system: share('systemUs'), wait: null }
}

/** Whoever looks runs while it looks: this process would count itself each time. */
function countOthers(tasks: readonly number[], proc: string): number {
  const own = new Set(readdirSync(`${proc}/self/task`).map(Number))
  return countActive(
    tasks.filter((task) => !own.has(task)),
    proc,
  )
}
