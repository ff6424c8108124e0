// The files of one cgroup folder, as the lab reads and writes them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNoSuch } from './no-such.ts'

/** The controllers that containers are limited with; as many of them as the kernel has. */
const passedOn = ['cpu', 'cpuset', 'io', 'memory', 'pids']

/** The folder and all below it, parents first. */
export function tree(folder: string): readonly string[] {
  try {
    const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [folder, ...children.flatMap(({ name }) => tree(join(folder, name)))]
  } catch (error) {
    if (isNoSuch(error)) return []
    throw error
  }
}

/** The processes of this folder alone; none when it has gone. */
export function readPids(folder: string): readonly number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch (error) {
    if (isNoSuch(error)) return []
    throw error
  }
}

/** Version 2: lets the folders below have controllers. */
export function passControllersOn(folder: string): void {
  const there = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ')
  for (const controller of passedOn.filter((one) => there.includes(one))) {
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
  }
}

/** A new cpuset of version 1 is empty and takes no process. */
export function inheritCpuset(parent: string, folder: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readFileSync(join(folder, file), 'utf8').trim() !== '') continue
    writeFileSync(join(folder, file), readFileSync(join(parent, file), 'utf8').trim())
  }
}

/** A file that has gone is left alone. */
export function writeIfThere(file: string, value: string): void {
  try {
    writeFileSync(file, value)
  } catch (error) {
    if (!isNoSuch(error)) throw error
  }
}
