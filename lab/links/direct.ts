// Direct: one cable between two hosts, no switch.
import type { LinkKind } from './link-kind.ts'
import { layVeth, tbfArgs } from './veth.ts'

export const direct: LinkKind = {
  summary: 'a cable between two hosts, without a switch',
  joins: 'pair',
  interfacePrefix: 'eth',
  defaults: { rateMbit: 100, delayMs: 0, jitterMs: 0, lossPercent: 0 },
  settable: ['rateMbit'],
  lay: (wire, workshop) => layVeth(wire, tbfArgs(wire.figures), workshop),
}
