// Keys of a service: how much it may use.

import { readRecord } from '../read-key-values.ts'
import {
  readBoolean,
  readBytes,
  readBytesOrUnlimited,
  readNumber,
  readPattern,
  readWhole,
} from '../read-value.ts'
import { honoured, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { blockIoSection, readBlockIo } from './block-io.ts'
import { readUlimits, ulimitSection } from './ulimits.ts'

export const limitKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  cpus: honoured('CPUs that one instance may use; 0 is no limit', 'cpus', readNumber({ min: 0, max: 4096 })),
  cpu_shares: honoured('weight against other containers', 'cpuShares', readWhole(0)),
  cpu_quota: honoured('microseconds of a period that it may run', 'cpuQuotaUs', readWhole(0)),
  cpu_period: honoured('microseconds of a period', 'cpuPeriodUs', readWhole(0)),
  cpuset: honoured(
    'CPUs on which it may run: 0-2,4',
    'cpuSet',
    readPattern(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'a list such as "0-2,4"'),
  ),
  mem_limit: honoured('memory that one instance may use; 0 is no limit', 'memoryBytes', readBytes),
  mem_reservation: honoured(
    'memory down to which the kernel presses it when the device runs short',
    'memoryReservationBytes',
    readBytes,
  ),
  memswap_limit: honoured(
    'memory and swap together; -1 is unlimited swap',
    'memorySwapBytes',
    readBytesOrUnlimited,
  ),
  mem_swappiness: honoured(
    'how readily the kernel swaps it out, 0 to 100',
    'memorySwappiness',
    readWhole(0, 100),
  ),
  pids_limit: honoured('processes and threads; -1 is no limit', 'pids', readWhole(-1)),
  ulimits: honoured('limits of its processes, below', 'ulimits', readUlimits, { '.NAME': ulimitSection }),
  sysctls: honoured('kernel parameters of its namespaces', 'sysctls', readRecord),
  blkio_config: honoured('what it may read and write of block devices, below', 'blockIo', readBlockIo, {
    '': blockIoSection,
  }),
  oom_kill_disable: honoured(
    'the kernel does not kill it for want of memory',
    'oomKillDisabled',
    readBoolean,
  ),
  oom_score_adj: honoured(
    'how readily the kernel kills it, -1000 to 1000',
    'oomScoreAdjustment',
    readWhole(-1000, 1000),
  ),
}
