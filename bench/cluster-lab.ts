// The lab of the cluster's benches: an access point with the manager, workers that joined it, a client; compute is in the catalogue.
import {
  joinWorker,
  leaveWorker,
  type RunningManager,
  startManager,
  stopManager,
} from '../evaluation/cluster.ts'
import { projectFile } from '../evaluation/host-program.ts'
import { mustRun } from '../evaluation/must-run.ts'
import { Lab, type LabHost } from '../lab/lab.ts'
import { parseTopology } from '../lab/topology.ts'
import type { BenchContext } from './result.ts'

export interface ClusterLab {
  readonly lab: Lab
  readonly manager: LabHost
  readonly client: LabHost
  readonly workers: readonly LabHost[]
  readonly running: RunningManager
}

export function workerName(index: number): string {
  return `worker${index}`
}

/** Brings it up, runs `use`, takes everything down whatever happens. */
export async function withClusterLab(
  { signal, progress }: BenchContext,
  workerCount: number,
  use: (cluster: ClusterLab) => Promise<void>,
): Promise<void> {
  const names = Array.from({ length: workerCount }, (_, index) => workerName(index + 1))
  const hosts = ['manager', ...names, 'client'].map((name) => `  - name: ${name}`)
  progress(`brings a lab with ${workerCount} workers up`)
  const lab = await Lab.up(parseTopology(`hosts:\n${hosts.join('\n')}\n`, 'bench'), { name: 'bench', signal })
  try {
    const [manager, client] = [lab.host('manager'), lab.host('client')]
    const workers = names.map((name) => lab.host(name))
    const running = await startManager(manager, signal)
    try {
      for (const worker of workers) await joinWorker(worker, running.token, signal)
      await mustRun(client, ['shoal', 'image', 'build', 'compute', '--no-load'], signal)
      await addToCatalogue(client, 'services/compute/compose.yaml', signal)
      await waitForImages(client, signal)
      await use({ lab, manager, client, workers, running })
    } finally {
      for (const worker of workers) await leaveWorker(worker)
      await stopManager(running)
    }
  } finally {
    await lab.down()
  }
}

export async function addToCatalogue(client: LabHost, file: string, signal: AbortSignal): Promise<void> {
  await mustRun(client, ['shoal', 'catalogue', 'add', projectFile(file)], signal)
}

/** Until no worker lacks an image that it may be asked to run. */
export async function waitForImages(client: LabHost, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const { nodes } = JSON.parse(await mustRun(client, ['shoal', 'nodes', '--json'], signal)) as {
      readonly nodes: readonly { readonly missingImages: readonly string[] }[]
    }
    if (nodes.every(({ missingImages }) => missingImages.length === 0)) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('a worker lacks images still')
}
