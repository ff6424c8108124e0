// A whole machine, through /proc.
import { readFile } from 'node:fs/promises'
import { containerUsage } from './container-usage.ts'
import { type NodeSource, noShare } from './node-look.ts'
import {
  type CpuTicks,
  cpuShares,
  parseCpuTicks,
  parseLoad,
  parseNetworkBytes,
  parseUsedMemory,
} from './proc-files.ts'

export interface MachineSourceOptions {
  /** Names of the containers to look at, by a process of each. */
  readonly containers: () => Promise<ReadonlyMap<string, number>>
  readonly proc?: string
}

export function machineSource({ containers, proc = '/proc' }: MachineSourceOptions): NodeSource {
  let before: CpuTicks | undefined
  return {
    kind: 'machine',
    look: async (atMs) => {
      const read = (file: string): Promise<string> => readFile(`${proc}/${file}`, 'utf8').catch(() => '')
      const [stat, load, memory, network, named] = await Promise.all([
        read('stat'),
        read('loadavg'),
        read('meminfo'),
        read('net/dev'),
        containers(),
      ])
      const now = parseCpuTicks(stat)
      const shares = before === undefined || now === undefined ? undefined : cpuShares(before, now)
      before = now
      const bytes = network === '' ? undefined : parseNetworkBytes(network)
      return {
        atMs,
        cpu: shares ?? noShare,
        load: parseLoad(load) ?? null,
        memoryBytes: parseUsedMemory(memory) ?? null,
        receivedBytes: bytes?.received ?? null,
        sentBytes: bytes?.sent ?? null,
        containerCpuUs: await containerUsage(named, proc),
      }
    },
  }
}
