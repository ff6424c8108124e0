// How long a stage of the lab takes to come up, about: as measured on two cores that do nothing else.
import type { StageNeed } from './stage.ts'

export function labDurationMs(before: StageNeed | undefined, need: StageNeed): number {
  const isSameLab = before !== undefined && before.link === need.link && before.workers === need.workers
  const downMs = before === undefined || isSameLab ? 0 : 2000
  const upMs = isSameLab ? 0 : 5000 + 1000 * need.workers
  const isCluster = isSameLab && before.mode === 'cluster' && before.devices === need.devices
  const joinMs = need.mode === 'cluster' && !isCluster ? 5000 + 2000 * need.workers : 0
  return downMs + upMs + joinMs
}
