// One cgroup of the lab, in all hierarchies at once: made, limited, emptied by force, removed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShoalError } from '../src/model/errors.ts'
import type { CgroupLayout, Hierarchy } from './cgroup-layout.ts'
import { isNoSuch } from './no-such.ts'

export interface CgroupLimits {
  readonly cpus: number | undefined
  readonly memoryMiB: number | undefined
}

/** Version 2 lets a group with processes pass no controllers on, so a host's processes live in this leaf, beside Docker's groups. */
const leafName = 'init'

/** The controllers that containers are limited with; as many of them as the kernel has. */
const passedOn = ['cpu', 'cpuset', 'io', 'memory', 'pids']

/** CFS bandwidth is given out in periods of this length: the kernel's default. */
const periodMicroseconds = 100_000

const reapTimeoutMs = 5000

export class Cgroup {
  private readonly layout: CgroupLayout
  private readonly path: string

  /** @param path below each hierarchy's root */
  constructor(layout: CgroupLayout, path: string) {
    this.layout = layout
    this.path = path
  }

  /** Makes it and those above it. Existing ones are fine. */
  create(): void {
    for (const hierarchy of this.layout.hierarchies) {
      let folder = hierarchy.mountPoint
      for (const part of this.path.split('/')) {
        if (this.layout.version === 2) passControllersOn(folder)
        const parent = folder
        folder = join(folder, part)
        mkdirSync(folder, { recursive: true })
        if (hierarchy.controllers.includes('cpuset')) inheritCpuset(parent, folder)
      }
    }
  }

  /** Puts limits on all that runs in it, groups below included. */
  limit({ cpus, memoryMiB }: CgroupLimits): void {
    const quota = cpus === undefined ? undefined : String(Math.round(cpus * periodMicroseconds))
    const bytes = memoryMiB === undefined ? undefined : String(memoryMiB * 2 ** 20)
    if (this.layout.version === 2) {
      if (quota !== undefined) this.write('', 'cpu.max', `${quota} ${periodMicroseconds}`)
      if (bytes !== undefined) this.write('', 'memory.max', bytes)
      return
    }
    if (quota !== undefined) {
      this.write('cpu', 'cpu.cfs_period_us', String(periodMicroseconds))
      this.write('cpu', 'cpu.cfs_quota_us', quota)
    }
    if (bytes !== undefined) this.write('memory', 'memory.limit_in_bytes', bytes)
  }

  /** The files that a process writes 0 to in order to join. */
  joinFiles(): readonly string[] {
    return this.folders().map((folder) => {
      const leaf = join(folder, leafName, 'cgroup.procs')
      return this.layout.version === 2 && existsSync(leaf) ? leaf : join(folder, 'cgroup.procs')
    })
  }

  /** Version 2: moves its processes to a leaf and lets groups below have controllers. Version 1 needs nothing. */
  makeRoom(): void {
    if (this.layout.version === 1) return
    for (const folder of this.folders()) {
      const leaf = join(folder, leafName)
      mkdirSync(leaf, { recursive: true })
      for (const pid of readPids(folder)) writeFileSync(join(leaf, 'cgroup.procs'), String(pid))
      passControllersOn(folder)
    }
  }

  exists(): boolean {
    return this.folders().some((folder) => existsSync(folder))
  }

  /** Every process in it and below, in any hierarchy, as the machine numbers them. */
  processes(): readonly number[] {
    const pids = this.folders().flatMap((folder) => tree(folder).flatMap(readPids))
    return [...new Set(pids)].sort((a, b) => a - b)
  }

  /** The processes of the group itself, groups below left out. */
  ownProcesses(): readonly number[] {
    const folders = this.folders().flatMap((folder) => [folder, join(folder, leafName)])
    return [...new Set(folders.flatMap(readPids))].sort((a, b) => a - b)
  }

  /** Kills all in it until it is empty, then removes it. Throws `LAB_DOWN_FAILED` after the deadline. Nothing to do is fine. */
  async destroy(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    const killed = new Set<number>()
    for (let wait = 1; !this.tryDestroy(killed); wait = Math.min(wait * 2, 50)) {
      if (Date.now() > deadline) throw this.stuck(timeoutMs)
      await sleep(wait)
    }
    // A dead process is listed until its parent has taken notice: the machine's init, for most. One that never does keeps no one waiting.
    const patience = Date.now() + reapTimeoutMs
    while ([...killed].some((pid) => existsSync(`/proc/${pid}`)) && Date.now() < patience) await sleep(5)
  }

  /** One round; true when the group is gone. */
  private tryDestroy(killed: Set<number>): boolean {
    for (const pid of this.processes()) {
      kill(pid)
      killed.add(pid)
    }
    this.thaw()
    for (const folder of this.folders()) {
      for (const one of tree(folder).toReversed()) {
        try {
          rmdirSync(one)
        } catch (error) {
          if (!isNoSuch(error)) return false
        }
      }
    }
    return true
  }

  /** Version 1 keeps a frozen process (`docker pause`) from dying. */
  private thaw(): void {
    for (const hierarchy of this.layout.hierarchies) {
      if (!hierarchy.controllers.includes('freezer')) continue
      for (const folder of tree(this.folderIn(hierarchy)))
        writeIfThere(join(folder, 'freezer.state'), 'THAWED')
    }
  }

  private stuck(timeoutMs: number): ShoalError {
    const left = this.processes().map((pid) => `${pid} (${nameOf(pid)})`)
    const what = left.length === 0 ? 'its cgroup is busy' : `still there: ${left.join(', ')}`
    return new ShoalError('LAB_DOWN_FAILED', {
      action: 'stop',
      object: 'the processes',
      place: this.path,
      reason: `not gone ${timeoutMs / 1000} s after SIGKILL; ${what}`,
      nextStep: 'see what holds them (cat /proc/PID/stack), then run shoal lab down again',
    })
  }

  private folders(): readonly string[] {
    return this.layout.hierarchies.map((hierarchy) => this.folderIn(hierarchy))
  }

  private folderIn({ mountPoint }: Hierarchy): string {
    return join(mountPoint, this.path)
  }

  private write(controller: string, file: string, value: string): void {
    const hierarchy = this.layout.hierarchies.find(({ controllers }) =>
      controller === '' ? controllers.length === 0 : controllers.includes(controller),
    )
    try {
      if (hierarchy === undefined) throw new Error(`this kernel has no ${controller} controller`)
      writeFileSync(join(this.folderIn(hierarchy), file), value)
    } catch (cause) {
      throw new ShoalError('LAB_UNFIT', {
        action: 'limit',
        object: this.path,
        reason: `${file} = ${value}: ${cause instanceof Error ? cause.message : String(cause)}`,
        nextStep: 'take cpus and memoryMiB out of the topology, or use a kernel with these controllers',
        cause,
      })
    }
  }
}

/** The folder and all below it, parents first. */
function tree(folder: string): readonly string[] {
  try {
    const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [folder, ...children.flatMap(({ name }) => tree(join(folder, name)))]
  } catch (error) {
    if (isNoSuch(error)) return []
    throw error
  }
}

function readPids(folder: string): readonly number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch (error) {
    if (isNoSuch(error)) return []
    throw error
  }
}

function passControllersOn(folder: string): void {
  const there = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ')
  for (const controller of passedOn.filter((one) => there.includes(one))) {
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
  }
}

/** A new cpuset of version 1 is empty and takes no process. */
function inheritCpuset(parent: string, folder: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readFileSync(join(folder, file), 'utf8').trim() !== '') continue
    writeFileSync(join(folder, file), readFileSync(join(parent, file), 'utf8').trim())
  }
}

function writeIfThere(file: string, value: string): void {
  try {
    writeFileSync(file, value)
  } catch (error) {
    if (!isNoSuch(error)) throw error
  }
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
