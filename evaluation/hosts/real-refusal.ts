// What the hosts of an inventory cannot give, as far as the inventory tells.
import type { Inventory, InventoryHost } from './inventory.ts'
import type { StageNeed } from './stage.ts'

/** @returns undefined where they can */
export function realRefusal(
  { place, manager, client, workers }: Inventory,
  { link, mode, workers: count, devices }: StageNeed,
): string | undefined {
  const lacks = (hosts: readonly InventoryHost[]) =>
    hosts.filter(({ addresses }) => addresses[link] === undefined).map(({ name }) => name)
  if (link === 'direct' && count > 1)
    return `a cable joins one worker to the manager, not ${count} (link direct)`
  if (count > workers.length)
    return `${count} workers: ${place} has ${workers.length}, ${workers.map(({ name }) => name).join(', ')}`
  const own = workers.slice(0, count)
  // Over a cable only its two ends are asked; else the network is one.
  const commander = mode === 'cluster' ? manager : client
  const without = lacks(link === 'direct' ? [commander, ...own] : [manager, ...own])
  if (without.length > 0) return `link ${link}, ${mode} mode: no address on it has ${without.join(', ')}`
  const [first] = own
  if (devices && first?.devices !== true)
    return `devices at the first worker: ${first?.name} has no "devices: true" in ${place}`
  return undefined
}
