// One cgroup of the lab, in all hierarchies at once: made, limited, listed, removed.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ShoalError } from '../src/model/errors.ts'
import { inheritCpuset, passControllersOn, readPids, tree, writeIfThere } from './cgroup-folder.ts'
import type { CgroupLayout, Hierarchy } from './cgroup-layout.ts'
import { waitFor } from './deadline.ts'
import { isNoSuch } from './no-such.ts'

export interface CgroupLimits {
  readonly cpus: number | undefined
  readonly memoryMiB: number | undefined
}

/** Version 2 lets a group with processes pass no controllers on, so a host's processes live in this leaf, beside Docker's groups. */
const leafName = 'init'

/** CFS bandwidth is given out in periods of this length: the kernel's default. */
const periodMicroseconds = 100_000

const makeRoomTimeoutMs = 5000

export class Cgroup {
  /** Below each hierarchy's root. */
  readonly path: string
  private readonly layout: CgroupLayout

  /** @param path below each hierarchy's root */
  constructor(layout: CgroupLayout, path: string) {
    this.layout = layout
    this.path = path
  }

  /** Makes it and those above it. Existing ones are fine. Throws `LAB_UNFIT`. */
  create(): void {
    for (const hierarchy of this.layout.hierarchies) {
      try {
        this.createIn(hierarchy)
      } catch (cause) {
        throw unfit('make', this.folderIn(hierarchy), cause, 'run the lab where root may make cgroups')
      }
    }
  }

  private createIn(hierarchy: Hierarchy): void {
    let folder = hierarchy.mountPoint
    for (const part of this.path.split('/')) {
      if (this.layout.version === 2) passControllersOn(folder)
      const parent = folder
      folder = join(folder, part)
      mkdirSync(folder, { recursive: true })
      if (hierarchy.controllers.includes('cpuset')) inheritCpuset(parent, folder)
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
  async makeRoom(signal: AbortSignal | undefined): Promise<void> {
    if (this.layout.version === 1) return
    for (const folder of this.folders()) {
      await waitFor(() => (tryMakeRoom(folder) ? true : undefined), {
        timeoutMs: makeRoomTimeoutMs,
        signal,
        late: () => busy(folder, makeRoomTimeoutMs),
      })
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

  /** Version 1 keeps a frozen process (`docker pause`) from dying. */
  thaw(): void {
    for (const hierarchy of this.layout.hierarchies) {
      if (!hierarchy.controllers.includes('freezer')) continue
      for (const folder of tree(this.folderIn(hierarchy))) {
        writeIfThere(join(folder, 'freezer.state'), 'THAWED')
      }
    }
  }

  /** Removes it and all below it. False when something in it still lives. Nothing to do is fine. */
  remove(): boolean {
    for (const folder of this.folders().flatMap((one) => tree(one).toReversed())) {
      try {
        rmdirSync(folder)
      } catch (error) {
        if (!isNoSuch(error)) return false
      }
    }
    return true
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
      const advice = 'take cpus and memoryMiB out of the topology, or use a kernel with these controllers'
      throw unfit('limit', `${this.path}, ${file} = ${value}`, cause, advice)
    }
  }
}

function unfit(action: string, object: string, cause: unknown, nextStep: string): ShoalError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ShoalError('LAB_UNFIT', { action, object, place: 'this machine', reason, nextStep, cause })
}

/** False when a process was born in the folder meanwhile: it is moved in the next round. */
function tryMakeRoom(folder: string): boolean {
  const leaf = join(folder, leafName)
  mkdirSync(leaf, { recursive: true })
  for (const pid of readPids(folder)) writeIfThere(join(leaf, 'cgroup.procs'), String(pid))
  try {
    passControllersOn(folder)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false
    throw error
  }
}

function busy(folder: string, timeoutMs: number): ShoalError {
  return new ShoalError('LAB_STEP_FAILED', {
    action: 'pass controllers on',
    object: folder,
    reason: `processes are born in it faster than they can be moved, for ${timeoutMs / 1000} s`,
  })
}
