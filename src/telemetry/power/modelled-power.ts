// Power by a model of a board: what its processors do, and its link.
import { ShoalError } from '../../model/errors.ts'
import { boardModels } from './board-models.ts'
import type { PowerSource } from './power-source.ts'

export type Link = 'ethernet' | 'wlan'

/** @throws ShoalError POWER_SOURCE for a model that there is not */
export function modelledPower(model: string, link: Link): PowerSource {
  const board = boardModels.find(({ name }) => name === model)
  if (board === undefined) {
    throw new ShoalError('POWER_SOURCE', {
      action: 'take',
      object: `the power model ${model}`,
      reason: `there are ${boardModels.map(({ name }) => name).join(', ')}`,
    })
  }
  const linkWatts = link === 'wlan' ? board.wlanWatts : 0
  return {
    info: {
      name: `model:${board.name}`,
      origin: 'modelled',
      detail: `${board.title} on ${link}: ${board.source}`,
    },
    read: async (cpuShare) => (cpuShare === null ? null : board.watts(cpuShare) + linkWatts),
    stop: async () => {},
  }
}
