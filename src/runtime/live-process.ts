// Whether a process of before still lives: its id may be another's by now, its id with its start time may not.
import { readFile } from 'node:fs/promises'

export interface ProcessMark {
  readonly pid: number
  /** Ticks since the boot, field 22 of /proc/PID/stat. */
  readonly startTicks: number
}

/** Undefined for a process that is gone, or that has ended and waits for its parent: its files are closed. */
export async function readProcess(pid: number): Promise<ProcessMark | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // The name stands in brackets and may contain any character.
  const [state = 'X', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : { pid, startTicks: Number(fields[18]) }
}

export async function isAlive({ pid, startTicks }: ProcessMark): Promise<boolean> {
  return (await readProcess(pid))?.startTicks === startTicks
}
