// A wire as the kernel makes it: a veth pair, each end in its namespace, with one queueing discipline an end.
import type { Figures, Wire, Workshop } from './link-kind.ts'
import { inNetwork } from './namespace-argv.ts'

/** Made where the near end lies; the far end is born in its own namespace. Neither ever exists in the machine's. */
export function vethArgs({ near, far }: Wire): readonly string[] {
  const peer = ['peer', 'name', far.interfaceName, 'netns', String(far.pid)]
  return inNetwork(near.pid, ['ip', 'link', 'add', near.interfaceName, 'type', 'veth', ...peer])
}

/**
 * Token bucket at the rate. The bucket holds what leaves between two ticks of a 250 Hz clock, 32 KiB at least; what waits longer than
 * 50 ms is dropped, as a switch with a full buffer does.
 */
export function tbfArgs({ rateMbit }: Pick<Figures, 'rateMbit'>): readonly string[] {
  const burstBytes = Math.max(32_768, Math.ceil((rateMbit * 1e6) / 8 / 250))
  return ['tbf', 'rate', `${rateMbit}mbit`, 'burst', `${burstBytes}b`, 'latency', '50ms']
}

/** Makes the pair and puts `discipline` at the root of both ends, so that both directions have it. */
export async function layVeth(wire: Wire, discipline: readonly string[], workshop: Workshop): Promise<void> {
  await workshop.run(vethArgs(wire))
  for (const { pid, interfaceName } of [wire.near, wire.far]) {
    await workshop.run(inNetwork(pid, ['tc', 'qdisc', 'add', 'dev', interfaceName, 'root', ...discipline]))
  }
}
