// Where a lab keeps what: every path and name follows from the data folder and the lab's name, so that `down` needs no memory.
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { ShoalError } from '../src/model/errors.ts'
import { namePattern, nameRule } from './name-rule.ts'

export const defaultDataFolder = '/var/lib/shoal/lab'

export interface LabPaths {
  readonly name: string
  readonly dataFolder: string
  /** All of the lab's files. */
  readonly folder: string
  readonly stateFile: string
  /** Below each cgroup hierarchy's root; holds every process of the lab. */
  readonly cgroup: string
}

/** Throws `USAGE` when the name is none: what follows from it is going to be removed one day. */
export function labPaths(dataFolder: string, name: string): LabPaths {
  if (!namePattern.test(name)) {
    const reason = `"${name}" is no lab name: ${nameRule}`
    throw new ShoalError('USAGE', { action: 'name', object: 'the lab', reason })
  }
  const root = resolve(dataFolder)
  const folder = join(root, name)
  const hash = dataFolderHash(dataFolder)
  return {
    name,
    dataFolder: root,
    folder,
    stateFile: join(folder, 'lab.json'),
    cgroup: `shoal-lab-${name}-${hash}`,
  }
}

/** Labs of one name in two data folders are two labs: their cgroups differ by this. */
export function dataFolderHash(dataFolder: string): string {
  return createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 8)
}

/** What a host keeps on the machine's disk. */
export interface HostPaths {
  readonly folder: string
  /** Copied over the host's root when it boots. */
  readonly files: string
  /** Bound over the host's own folders; outlives its power. */
  readonly private: string
  /** Empty: the host mounts its memory file system here. */
  readonly scratch: string
  readonly bootLog: string
  readonly engineLog: string
  readonly sshdLog: string
  readonly cgroup: string
}

export function hostPaths(lab: LabPaths, host: string): HostPaths {
  const folder = join(lab.folder, 'hosts', host)
  return {
    folder,
    files: join(folder, 'files'),
    private: join(folder, 'private'),
    scratch: join(folder, 'scratch'),
    bootLog: join(folder, 'boot.log'),
    engineLog: join(folder, 'dockerd.log'),
    sshdLog: join(folder, 'sshd.log'),
    cgroup: `${lab.cgroup}/hosts/${host}`,
  }
}

export function switchLog(lab: LabPaths): string {
  return join(lab.folder, 'switch.log')
}

export function switchCgroup(lab: LabPaths): string {
  return `${lab.cgroup}/switch`
}

export function wireCgroup(lab: LabPaths, wireId: string): string {
  return `${lab.cgroup}/wires/${wireId}`
}

/** For what measures the lab: a host's CPU limit must not slow it. */
export function measureCgroup(lab: LabPaths): string {
  return `${lab.cgroup}/measure`
}
