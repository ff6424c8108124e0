// The lab of a run that was killed, or whose machine lost its power: taken down before another is brought up in its place.
import { existsSync } from 'node:fs'
import { isZombie, startTicks } from '../../lab/host-process.ts'
import type { LabPaths } from '../../lab/lab-paths.ts'
import { type LabState, readState } from '../../lab/state.ts'
import { takeDown } from '../../lab/take-down.ts'
import type { Topology } from '../../lab/topology.ts'
import { ShoalError } from '../../src/model/errors.ts'

/**
 * @param isOurs whether a run stands on such a lab
 * @throws ShoalError LAB_EXISTS where it is somebody's: of a run that goes on, or brought up for something else; LAB_DOWN_FAILED
 */
export async function endLeftLab(
  paths: LabPaths,
  isOurs: (topology: Topology) => boolean,
  say: (line: string) => void,
): Promise<void> {
  if (!existsSync(paths.folder)) return
  // Without a state it was stopped before it had one: nobody has used it.
  const state = readState(paths)
  if (state !== undefined && livesOn(state)) {
    const { pid } = state.starter
    throw exists(paths, `process ${pid} measures in it`, `wait for it, or end it: kill ${pid}`)
  }
  if (state?.phase === 'up' && !isOurs(state.topology)) {
    const nextStep = `shoal lab down --name ${paths.name}`
    throw exists(paths, 'it is up, and no run of shoal evaluate brought it up', nextStep)
  }
  say(`takes down the lab "${paths.name}", which was left behind`)
  await takeDown(paths)
}

/** Another process that measures in it; what this one finds there, it could not take down before. */
function livesOn({ starter }: LabState): boolean {
  if (starter.pid === process.pid) return false
  const ticks = startTicks(starter.pid)
  return ticks !== undefined && ticks === starter.startTicks && !isZombie(starter.pid)
}

function exists(paths: LabPaths, reason: string, nextStep: string): ShoalError {
  return new ShoalError('LAB_EXISTS', {
    action: 'measure in',
    object: `lab "${paths.name}"`,
    place: paths.folder,
    reason,
    nextStep,
  })
}
