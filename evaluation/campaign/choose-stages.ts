// Where a campaign is run: a lab on this machine, or the hosts of an inventory.
import type { Io } from '../../src/cli/io.ts'
import type { Stages } from '../hosts/stage.ts'
import type { Campaign } from '../run/run.ts'
import { readText } from './choose-campaign.ts'

/** Starts nothing. Throws ShoalError FILE_UNREADABLE, and what an inventory has against itself. */
export async function chooseStages(
  { board }: Campaign,
  inventory: string | undefined,
  io: Pick<Io, 'env'>,
): Promise<Stages> {
  if (inventory === undefined) {
    const { labStages } = await import('../hosts/lab-stages.ts')
    return labStages({ board, dataFolder: io.env.SHOAL_LAB_DIR })
  }
  const text = readText(inventory)
  const { parseInventory } = await import('../hosts/inventory.ts')
  const { realStages } = await import('../hosts/real-stages.ts')
  return realStages(parseInventory(text, inventory))
}
