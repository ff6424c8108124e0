// WLAN: a host on the switch by radio, with delay, jitter, loss and a lower rate. The kernel's netem does it; without netem, vde2 does.
import { ShoalError } from '../../src/model/errors.ts'
import type { Figures, LinkKind, Workshop } from './link-kind.ts'
import { layVde } from './vde.ts'
import { layVeth } from './veth.ts'

export const wlan: LinkKind = {
  summary: 'a radio link from each host to the switch',
  joins: 'switch',
  interfacePrefix: 'wlan',
  defaults: { rateMbit: 20, delayMs: 1.5, jitterMs: 0.5, lossPercent: 0.5 },
  settable: ['rateMbit', 'delayMs', 'jitterMs', 'lossPercent'],
  lay: async (wire, workshop) => {
    if (await hasNetem(workshop)) return layVeth(wire, netemArgs(wire.figures), workshop)
    if (await workshop.works(['vde_switch', '--version'])) return layVde(wire, workshop)
    throw new ShoalError('LAB_UNFIT', {
      action: 'lay',
      object: 'the wlan link',
      place: 'this machine',
      reason: 'its kernel has no netem, and vde2 is not installed',
      nextStep: 'apt-get install vde2',
    })
  },
}

/** Found out by trying, in a namespace that ends with the try: a module may be there or not whatever the kernel's version. */
async function hasNetem(workshop: Workshop): Promise<boolean> {
  return workshop.works([
    'unshare',
    '--net',
    'tc',
    'qdisc',
    'add',
    'dev',
    'lo',
    'root',
    ...netemArgs(wlan.defaults),
  ])
}

/** Of a normal distribution, 98 % lie within this many standard deviations: what netem takes, against the spread that a topology names. */
const deviationsIn98Percent = 2.33

/** With a rate, netem keeps packets in order whatever the jitter, as a radio link does. */
export function netemArgs({ rateMbit, delayMs, jitterMs, lossPercent }: Figures): readonly string[] {
  const deviation = `${(jitterMs / deviationsIn98Percent).toFixed(3)}ms`
  const spread = jitterMs > 0 && delayMs > 0 ? [deviation, 'distribution', 'normal'] : []
  return ['netem', 'delay', `${delayMs}ms`, ...spread, 'loss', `${lossPercent}%`, 'rate', `${rateMbit}mbit`]
}
