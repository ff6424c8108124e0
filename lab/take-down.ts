// Undoes a lab from its name alone, whatever state it is in: processes first, the rest goes with them; then cgroups and files.
import { existsSync, rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ShoalError } from '../src/model/errors.ts'
import { Cgroup } from './cgroup.ts'
import { readCgroupLayout } from './cgroup-layout.ts'
import { endCgroup, untilBuried } from './end-cgroup.ts'
import { defaultDataFolder, type LabPaths } from './lab-paths.ts'
import { isBeingMade, readState } from './state.ts'

const processTimeoutMs = 30_000
const burialTimeoutMs = 5000

/**
 * Leaves no process, mount, namespace, link, cgroup or file of the lab: every process of it is in its cgroup, namespaces end with their
 * last process, mounts and links with their namespaces.
 * @returns false when there was nothing to undo
 * @throws ShoalError `LAB_BUSY` while another process brings it up, `LAB_DOWN_FAILED` when something would not go
 */
export async function takeDown(paths: LabPaths): Promise<boolean> {
  const state = readState(paths)
  if (state !== undefined && isBeingMade(state)) throw busyError(paths, state.starter.pid)
  const cgroup = new Cgroup(readCgroupLayout(), paths.cgroup)
  const wasThere = existsSync(paths.folder) || cgroup.exists()
  const killed = await endCgroup(cgroup, processTimeoutMs)
  try {
    // Retries: a program that the killed `up` had started may still write a last file.
    rmSync(paths.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  } catch (cause) {
    throw new ShoalError('LAB_DOWN_FAILED', {
      action: 'remove',
      object: paths.folder,
      reason: cause instanceof Error ? cause.message : String(cause),
      nextStep: 'see what holds it (fuser -vm, findmnt), then run shoal lab down again',
      cause,
    })
  }
  removeEmptyDefaults(paths.dataFolder)
  await untilBuried(killed, burialTimeoutMs)
  return wasThere
}

/** The default folders are the lab's own making; a folder that the user named is the user's. */
function removeEmptyDefaults(dataFolder: string): void {
  if (dataFolder !== defaultDataFolder) return
  for (const folder of [dataFolder, dirname(dataFolder)]) {
    try {
      rmdirSync(folder)
    } catch {
      return // Another lab's, or something else of the user's, is in it.
    }
  }
}

function busyError(paths: LabPaths, pid: number): ShoalError {
  return new ShoalError('LAB_BUSY', {
    action: 'take down',
    object: `lab "${paths.name}"`,
    reason: `process ${pid} is bringing it up`,
    nextStep: `stop that first (kill ${pid}): it undoes what it did`,
  })
}
