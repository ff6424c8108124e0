// What a lab may leave on the machine, as lists of lines that can be compared.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { readCgroupLayout } from '../../lab/cgroup-layout.ts'
import { dataFolderHash } from '../../lab/lab-paths.ts'

export interface InventoryScope {
  /** The folders in which the labs of the run lie. */
  readonly dataFolders: readonly string[]
  /** `NAME=VALUE` in the environment of whatever the run started. */
  readonly mark: string
  /** Cgroups of labs that were up before and are somebody else's: what goes on in them is left out. */
  readonly foreign: ReadonlySet<string>
}

/** One line a thing: process, namespace, cgroup, mount, link of the machine's own network, folder of a lab. */
export function takeInventory(scope: InventoryScope): ReadonlySet<string> {
  const groups = labCgroups(scope)
  return new Set([
    ...groups.map((path) => `cgroup ${path}`),
    ...ownProcesses(scope, groups),
    ...mounts(),
    ...machineLinks(),
    ...scope.dataFolders.flatMap((folder) => list(folder).map((name) => `folder ${join(folder, name)}`)),
  ])
}

/** The labs of a data folder have cgroups whose names end alike. */
export function labCgroups({ dataFolders, foreign }: InventoryScope): readonly string[] {
  const endings = dataFolders.map((folder) => `-${dataFolderHash(folder)}`)
  return readCgroupLayout().hierarchies.flatMap(({ mountPoint }) =>
    list(mountPoint)
      .filter((name) => name.startsWith('shoal-lab-') && endings.some((ending) => name.endsWith(ending)))
      .map((name) => join(mountPoint, name))
      .filter((path) => !foreign.has(path)),
  )
}

/**
 * Processes in a cgroup of these labs, or with the run's mark, and the namespaces they hold. This process and its own children are the
 * test runner: what a test has started is a child of a worker, or of nobody.
 */
function ownProcesses({ mark }: InventoryScope, groups: readonly string[]): readonly string[] {
  const names = new Set(groups.map((path) => path.slice(path.lastIndexOf('/') + 1)))
  const machine = namespaces('self')
  return list('/proc')
    .filter(
      (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid && parentOf(entry) !== process.pid,
    )
    .flatMap((pid) => {
      const inLab = [...names].some((name) => read(`/proc/${pid}/cgroup`).includes(`/${name}/`))
      const marked = read(`/proc/${pid}/environ`).split('\0').includes(mark)
      if (!inLab && !marked) return []
      const command =
        read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() || read(`/proc/${pid}/comm`).trim()
      const own = namespaces(pid).filter((namespace) => !machine.includes(namespace))
      return [`process ${pid} ${command}`, ...own.map((namespace) => `namespace ${namespace}`)]
    })
}

function parentOf(pid: string): number {
  return Number(/^PPid:\t(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1])
}

function namespaces(pid: string): readonly string[] {
  return ['net', 'mnt', 'pid', 'uts', 'cgroup'].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)]
    } catch {
      return []
    }
  })
}

/** Mount points of the machine; a namespace that is kept by a file is one as well. */
function mounts(): readonly string[] {
  return read('/proc/self/mountinfo')
    .split('\n')
    .filter(Boolean)
    .map((line) => `mount ${line.split(' ')[4]}`)
}

function machineLinks(): readonly string[] {
  const links = JSON.parse(execFileSync('ip', ['-json', 'link', 'show'], { encoding: 'utf8' })) as {
    ifname: string
  }[]
  return links.map(({ ifname }) => `link ${ifname}`)
}

/** Empty when it has gone. */
function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
