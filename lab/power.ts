// The power of a host that is part of a lab: off as if its plug were pulled, on with its wires and daemons.
import type { Host } from './host.ts'
import type { LabParts } from './lab-parts.ts'
import { servicesOf } from './services-of.ts'
import { type WirePlan, wiresOf } from './wire-plan.ts'

/** Already off is fine. */
export async function powerOff({ wires, wiring }: LabParts, host: Host): Promise<void> {
  await host.powerOff()
  for (const wire of wiresOf(host.spec.name, wires)) await wiring.remove(wire)
}

/** Already on is fine. When it fails, the host is off again. */
export async function powerOn(parts: LabParts, host: Host, signal: AbortSignal): Promise<void> {
  if (host.hasPower()) return
  try {
    await host.boot(signal)
    // A cable to a host without power is laid when that one boots.
    for (const wire of liveWires(parts, host)) await parts.wiring.lay(wire, signal)
    await servicesOf(host).start(signal)
  } catch (error) {
    await powerOff(parts, host)
    throw error
  }
}

/** The wires of a host whose other end has power too. Throws `LAB_HOST_OFF` when the host itself has none. */
export function liveWires({ wires, hosts }: LabParts, host: Host): readonly WirePlan[] {
  host.init()
  return wiresOf(host.spec.name, wires).filter(({ near, far }) => {
    const other = near.host === host.spec.name ? far.host : near.host
    return other === undefined || hosts.get(other)?.hasPower()
  })
}
