// What a server holds on to: its resident memory while it answers small GETs.
import type { LoadProcess } from './load-process.ts'
import type { ServerProcess } from './server-process.ts'
import { cases } from './workload.ts'

const requestsAStep = 10_000
const steps = 6

/** Resident MiB of a fresh server: before the first request, then after every 10,000, up to 60,000. */
export async function measureMemory(
  server: ServerProcess,
  client: LoadProcess,
  signal: AbortSignal,
): Promise<{ readonly residentMiB: readonly number[]; readonly failures: number }> {
  const load = { ...cases.smallGets, count: requestsAStep }
  await client.run({ port: server.port, task: 'store', load: { ...load, lanes: 1 } }, signal)
  const residentMiB = [server.residentMiB()]
  let failures = 0
  for (let step = 0; step < steps; step++) {
    failures += (await client.run({ port: server.port, task: 'measure', load }, signal)).failures
    residentMiB.push(server.residentMiB())
  }
  return { residentMiB, failures }
}
