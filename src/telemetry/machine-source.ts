// A whole machine, through /proc.
import { ContainerUsage } from './container-usage.ts'
import { readKernelFile } from './kernel-file.ts'
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
  readonly containers: () => ReadonlyMap<string, number>
  readonly proc?: string
}

export function machineSource({ containers, proc = '/proc' }: MachineSourceOptions): NodeSource {
  const containerUsage = new ContainerUsage(proc)
  let before: CpuTicks | undefined
  return {
    kind: 'machine',
    look: (atMs) => {
      const now = parseCpuTicks(readKernelFile(`${proc}/stat`))
      const shares = before === undefined || now === undefined ? undefined : cpuShares(before, now)
      before = now
      const network = readKernelFile(`${proc}/net/dev`)
      const bytes = network === '' ? undefined : parseNetworkBytes(network)
      return {
        atMs,
        cpu: shares ?? noShare,
        load: parseLoad(readKernelFile(`${proc}/loadavg`)) ?? null,
        memoryBytes: parseUsedMemory(readKernelFile(`${proc}/meminfo`)) ?? null,
        receivedBytes: bytes?.received ?? null,
        sentBytes: bytes?.sent ?? null,
        containerCpuUs: containerUsage.read(containers()),
      }
    },
  }
}
