// The lab a bench runs in: a device and a client on one 100 Mbit/s switch, no CPU limit, with the image of compute built.
import { Lab } from '../lab/lab.ts'
import { parseTopology } from '../lab/topology.ts'
import type { BenchContext } from './result.ts'

const topology = `
hosts:
  - name: worker1
  - name: client
`

/** Brings the lab up, builds the image in the client host, runs `use`, takes the lab down whatever happens. */
export async function withBenchLab(
  { signal, progress }: BenchContext,
  use: (lab: Lab) => Promise<void>,
): Promise<void> {
  progress('brings the lab up')
  const lab = await Lab.up(parseTopology(topology, 'bench'), { name: 'bench', signal })
  try {
    const built = await lab
      .host('client')
      .exec(['shoal', 'image', 'build', 'compute'], { signal, timeoutMs: 300_000 })
    if (built.exitCode !== 0) throw new Error(built.stderr.trim())
    await use(lab)
  } finally {
    await lab.down()
  }
}
