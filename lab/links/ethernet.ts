// Ethernet: a host on the lab's switch, 100 Mbit/s as a Raspberry Pi 3 and most cheap switches have it.
import type { LinkKind } from './link-kind.ts'
import { layVeth, tbfArgs } from './veth.ts'

export const ethernet: LinkKind = {
  summary: 'a cable from each host to the switch',
  joins: 'switch',
  interfacePrefix: 'eth',
  defaults: { rateMbit: 100, delayMs: 0, jitterMs: 0, lossPercent: 0 },
  settable: ['rateMbit'],
  lay: (wire, workshop) => layVeth(wire, tbfArgs(wire.figures), workshop),
}
