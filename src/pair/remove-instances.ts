// Stops and removes instances, and the application's network with the last of them. Named volumes stay, as with Compose.
import { allOrFirstError } from './all-or-first-error.ts'
import type { Device } from './device.ts'
import type { FoundInstance } from './instance.ts'
import { listInstances } from './with-devices.ts'

/** @returns what was removed. Throws ShoalError. */
export async function removeInstances(
  device: Device,
  isWanted: (found: FoundInstance) => boolean,
  signal: AbortSignal,
): Promise<FoundInstance[]> {
  const all = await listInstances(device, signal)
  const removed = all.filter(isWanted)
  try {
    await allOrFirstError(removed, signal, async ({ container: { id, name, state } }) => {
      if (state === 'running') await device.engine.containers.stop(id, name)
      await device.engine.containers.remove(id, name)
    })
    const staying = new Set(
      all.filter((found) => !removed.includes(found)).map(({ application }) => application),
    )
    const gone = removed
      .map(({ application }) => application)
      .filter((application) => !staying.has(application))
    for (const application of new Set(gone)) await removeNetworks(device, application)
    return removed
  } catch (error) {
    throw await device.explain(error)
  }
}

async function removeNetworks({ engine }: Device, application: string): Promise<void> {
  const networks = await engine.networks.list(['shoal.mode=pair', `shoal.application=${application}`])
  for (const { name } of networks) await engine.networks.remove(name)
}
