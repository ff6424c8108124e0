// Where a campaign is run: a lab on this machine, or the hosts of an inventory.
import type { Io } from '../../src/cli/io.ts'
import type { Inventory } from '../hosts/inventory.ts'
import type { Stages } from '../hosts/stage.ts'
import type { Campaign } from '../run/run.ts'
import { readText } from './choose-campaign.ts'

/** Throws ShoalError FILE_UNREADABLE, INVENTORY_INVALID. */
export async function readInventory(path: string): Promise<Inventory> {
  const { parseInventory } = await import('../hosts/inventory.ts')
  return parseInventory(readText(path), path)
}

/** Starts nothing. */
export async function chooseStages(
  { board }: Campaign,
  inventory: Inventory | undefined,
  io: Pick<Io, 'env'>,
): Promise<Stages> {
  if (inventory === undefined) {
    const { labStages } = await import('../hosts/lab-stages.ts')
    return labStages({ board, dataFolder: io.env.SHOAL_LAB_DIR })
  }
  const { realStages } = await import('../hosts/real-stages.ts')
  return realStages(inventory)
}
