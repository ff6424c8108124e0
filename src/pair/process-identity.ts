// Tells whether a process that wrote something down still lives. A pid alone may be somebody else's by now.
import { readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

export interface ProcessIdentity {
  readonly pid: number
  /** Boot and pid namespace. */
  readonly world: string
  /** In clock ticks after the boot: field 22 of /proc/PID/stat, proc(5). */
  readonly startedAtTicks: string
}

export function ownProcess(): ProcessIdentity {
  return { pid: process.pid, world: ownWorld(), startedAtTicks: startTicks(process.pid) ?? '' }
}

export function hasEnded({ pid, world, startedAtTicks }: ProcessIdentity): boolean {
  return world !== ownWorld() || startTicks(pid) !== startedAtTicks
}

/**
 * The command name, field 2, may hold spaces and brackets; what follows its last bracket begins with the state, field 3.
 * @returns undefined for a process that is gone, or dead and not yet waited for.
 */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[22 - 3]
  } catch {
    return undefined
  }
}

/** Another boot, or another pid namespace, has other processes under the same numbers. */
function ownWorld(): string {
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
}
