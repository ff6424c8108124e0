// Swarm without Shoal, at its defaults: what a failover of compute takes there.
import { runHostProgram } from '../evaluation/host-program.ts'
import { mustRun } from '../evaluation/must-run.ts'
import { Lab, type LabHost } from '../lab/lab.ts'
import { parseTopology } from '../lab/topology.ts'
import type { BenchContext } from './result.ts'

const topology = 'hosts:\n  - name: manager\n  - name: worker1\n  - name: worker2\n  - name: client\n'

/** The image is on both workers; the service is compute with one instance, its port chosen by the Engine. */
export async function withPlainLab(
  { signal, progress }: BenchContext,
  use: (manager: LabHost, workers: readonly LabHost[]) => Promise<void>,
): Promise<void> {
  progress('brings a Swarm without Shoal up')
  const lab = await Lab.up(parseTopology(topology, 'bench'), { name: 'bench', signal })
  try {
    const manager = lab.host('manager')
    const workers = [lab.host('worker1'), lab.host('worker2')]
    await mustRun(manager, ['docker', 'swarm', 'init', '--advertise-addr', manager.address], signal)
    const token = (await mustRun(manager, ['docker', 'swarm', 'join-token', '-q', 'worker'], signal)).trim()
    for (const worker of workers) {
      await mustRun(worker, ['docker', 'swarm', 'join', '--token', token, `${manager.address}:2377`], signal)
      await mustRun(worker, ['shoal', 'image', 'build', 'compute'], signal)
    }
    await mustRun(
      manager,
      [
        ...['docker', 'service', 'create', '--quiet', '--name', 'plain', '--no-resolve-image'],
        ...['--constraint', 'node.role==worker', '--publish', 'mode=host,target=5683,protocol=udp'],
        'shoal/compute:0.1.0',
      ],
      signal,
    )
    await use(manager, workers)
  } finally {
    await lab.down()
  }
}

/** Cuts the worker that runs it, and waits for the CoAP answer of what Swarm puts in its place; then all is as before. */
export async function replacementAfter(
  manager: LabHost,
  workers: readonly LabHost[],
  limitMs: number,
  signal: AbortSignal,
): Promise<number> {
  const running = [
    'docker',
    'service',
    'ps',
    'plain',
    '-f',
    'desired-state=running',
    '--format',
    '{{.Node}} {{.CurrentState}}',
  ]
  const [name = ''] = (await mustRun(manager, running, signal)).split(' ')
  const worker = workers.find((each) => each.name === name)
  if (worker === undefined) throw new Error(`no worker runs it: ${name}`)
  await worker.cutLink()
  const cutAt = process.hrtime.bigint()
  try {
    const input = { service: 'plain', not: worker.address, limitMs }
    for await (const line of runHostProgram<{ atNs: string }>(
      manager,
      'bench/probe/swarm-replacement.ts',
      input,
      signal,
    ))
      return Number(BigInt(line.atNs) - cutAt) / 1e6
    throw new Error('no replacement')
  } finally {
    await worker.mendLink()
    for (let look = 0; look < 200; look += 1) {
      const nodes = await mustRun(manager, ['docker', 'node', 'ls', '--format', '{{.Status}}'], signal)
      if (!nodes.includes('Down')) break
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    await new Promise((resolve) => setTimeout(resolve, 3000 + Math.random() * 2000))
  }
}
