// How long a stage of the lab takes to come up, about.
import type { StageNeed } from './stage.ts'

/** As measured on two cores that did little else, with two hosts beside the workers. */
const downMs = 3500
const upMs = 5500
const upPerWorkerMs = 700
const samplersMs = 2500
const boardMs = 1500
const managerMs = 2800
const joinMs = 2600
const joinPerFurtherWorkerMs = 1800
/** The Engine starts anew to offer its devices. */
const offerMs = 6000
const leaveMs = 3500
/** Until what joining and leaving began is over. */
const quietMs = 3500

export function labDurationMs(before: StageNeed | undefined, need: StageNeed): number {
  const isSameLab = before?.link === need.link && before.workers === need.workers
  const wasCluster = isSameLab && before.mode === 'cluster'
  const keepsCluster = wasCluster && need.mode === 'cluster' && before.devices === need.devices
  const further = need.workers - 1
  return [
    isSameLab || before === undefined ? 0 : downMs,
    isSameLab ? 0 : upMs + upPerWorkerMs * need.workers + samplersMs,
    wasCluster && !keepsCluster ? leaveMs : 0,
    need.devices && !(isSameLab && before.devices) ? boardMs : 0,
    need.mode === 'cluster' && !keepsCluster ? managerMs + joinMs + joinPerFurtherWorkerMs * further : 0,
    need.mode === 'cluster' && !keepsCluster && need.devices ? offerMs : 0,
    quietMs,
  ].reduce((sum, ms) => sum + ms, 0)
}
