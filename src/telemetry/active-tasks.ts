// How many tasks of a cgroup are active: what a load average counts.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readKernelFile } from './kernel-file.ts'

/** Every task of the group and of those below it, as this process numbers them. */
export function listTasks(folder: string): readonly number[] {
  // Version 2, then version 1.
  const own = readKernelFile(join(folder, 'cgroup.threads')) || readKernelFile(join(folder, 'tasks'))
  const tasks = own.split('\n').map(Number)
  // The kernel writes 0 for a task of a process namespace that is not below this one.
  return [...tasks.filter((task) => task > 0), ...foldersIn(folder).flatMap(listTasks)]
}

/** How many of the tasks run, want to run, or wait for a disk. */
export function countActive(tasks: readonly number[], proc = '/proc'): number {
  return tasks.filter((task) => {
    // Of the task alone: /proc/PID/stat adds up all threads, which takes the kernel longer.
    const stat = readKernelFile(`${proc}/${task}/task/${task}/stat`)
    // The name before it may hold anything, brackets too.
    const state = stat.charAt(stat.lastIndexOf(')') + 2)
    return state === 'R' || state === 'D'
  }).length
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
  } catch {
    return []
  }
}
