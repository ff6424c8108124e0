// Work on records of Swarm that somebody else may change at the same time: it is done again from its reading.
import { ShoalError } from '../../model/errors.ts'

const triesAtMost = 8

/** @param work reads, decides and writes; throws SWARM_CONFLICT or SWARM_NAME_TAKEN when what it read holds no longer */
export async function despiteConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      const isConflict =
        error instanceof ShoalError && (error.code === 'SWARM_CONFLICT' || error.code === 'SWARM_NAME_TAKEN')
      if (!isConflict || tries >= triesAtMost) throw error
    }
  }
}
