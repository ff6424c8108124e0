// Ends a cgroup by force: kills what is in it, and what that had just started, until the cgroup itself is gone.
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShoalError } from '../src/model/errors.ts'
import type { Cgroup } from './cgroup.ts'
import { isNoSuch } from './no-such.ts'

/**
 * Kills all in it and removes it. Nothing to do is fine.
 * @returns the processes that were killed: dead, but perhaps not yet taken notice of by their parents
 * @throws ShoalError `LAB_DOWN_FAILED` after the deadline
 */
export async function endCgroup(cgroup: Cgroup, timeoutMs: number): Promise<readonly number[]> {
  const deadline = Date.now() + timeoutMs
  const killed = new Set<number>()
  for (let wait = 1; !endRound(cgroup, killed); wait = Math.min(wait * 2, 50)) {
    if (Date.now() > deadline) throw stuck(cgroup, timeoutMs)
    await sleep(wait)
  }
  return [...killed]
}

/**
 * Waits until the dead are listed no more. Their parent, for most of them the machine's init, may take a while; one that never takes
 * notice keeps no one waiting longer than this.
 */
export async function untilBuried(pids: readonly number[], patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (pids.some((pid) => existsSync(`/proc/${pid}`)) && Date.now() < deadline) await sleep(5)
}

/** True when the group is gone. */
function endRound(cgroup: Cgroup, killed: Set<number>): boolean {
  for (const pid of cgroup.processes()) {
    kill(pid)
    killed.add(pid)
  }
  cgroup.thaw()
  return cgroup.remove()
}

function stuck(cgroup: Cgroup, timeoutMs: number): ShoalError {
  const left = cgroup.processes().map((pid) => `${pid} (${nameOf(pid)})`)
  const what = left.length === 0 ? 'its cgroup is busy' : `still there: ${left.join(', ')}`
  return new ShoalError('LAB_DOWN_FAILED', {
    action: 'stop',
    object: 'the processes',
    place: cgroup.path,
    reason: `not gone ${timeoutMs / 1000} s after SIGKILL; ${what}`,
    nextStep: 'see what holds them (cat /proc/PID/stack), then run shoal lab down again',
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!isNoSuch(error)) throw error
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return 'gone'
  }
}
