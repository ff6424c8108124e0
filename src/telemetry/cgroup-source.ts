// A part of a machine that stands for a node of its own, as the hosts of the lab do: its cgroup, and a load average reckoned for it.
import { readFile } from 'node:fs/promises'
import { type CgroupFolders, countActive, listTasks, readCgroupUsage } from './cgroup-usage.ts'
import { containerUsage } from './container-usage.ts'
import { LoadAverage } from './load-average.ts'
import { type NodeSource, noShare } from './node-look.ts'
import { parseNetworkBytes } from './proc-files.ts'

export interface CgroupSourceOptions {
  readonly folders: CgroupFolders
  /** Processors of the node: of the machine, or as many as it may use. */
  readonly cpus: number
  /** A process in its network namespace. */
  readonly networkPid: number
  readonly containers: () => Promise<ReadonlyMap<string, number>>
  readonly startMs: number
  readonly proc?: string
}

export function cgroupSource(options: CgroupSourceOptions): NodeSource {
  const { folders, cpus, networkPid, containers, startMs, proc = '/proc' } = options
  const load = new LoadAverage(startMs)
  let before:
    | { readonly atMs: number; readonly cpuUs: number; readonly userUs: number; readonly systemUs: number }
    | undefined
  return {
    kind: 'cgroup',
    look: async (atMs) => {
      const [usage, tasks, network, named] = await Promise.all([
        readCgroupUsage(folders),
        listTasks(folders.cpu),
        readFile(`${proc}/${networkPid}/net/dev`, 'utf8').catch(() => ''),
        containers(),
      ])
      load.count(await countActive(tasks), atMs)
      const { cpuUs, userUs = 0, systemUs = 0, memoryBytes } = usage
      const now = cpuUs === undefined ? undefined : { atMs, cpuUs, userUs, systemUs }
      const share = (part: 'cpuUs' | 'userUs' | 'systemUs'): number | null => {
        if (before === undefined || now === undefined || now.atMs <= before.atMs) return null
        return Math.min(1, Math.max(0, (now[part] - before[part]) / ((now.atMs - before.atMs) * 1000 * cpus)))
      }
      const cpu =
        before === undefined
          ? noShare
          : { all: share('cpuUs'), user: share('userUs'), system: share('systemUs'), wait: null }
      before = now
      const bytes = network === '' ? undefined : parseNetworkBytes(network)
      return {
        atMs,
        cpu,
        load: load.values,
        memoryBytes: memoryBytes ?? null,
        receivedBytes: bytes?.received ?? null,
        sentBytes: bytes?.sent ?? null,
        containerCpuUs: await containerUsage(named, proc),
      }
    },
  }
}
