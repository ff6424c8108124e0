// Whether the user of a container may open the files of a device, and by which group: an Engine leaves owner, group and mode as they are. Pure.
import type { DeviceGrant } from '../../model/devices/device.ts'

/** Of a file on the machine. */
export interface FileMode {
  readonly uid: number
  readonly gid: number
  /** The nine bits. */
  readonly mode: number
}

/** By path: nodes in /dev, and the folders of channels of sysfs that are written to. Absent: not known. */
export type FileModes = ReadonlyMap<string, FileMode>

interface UsedFile extends FileMode {
  readonly path: string
  /** Of the three bits of a mode. */
  readonly wanted: number
}

const read = 4
const write = 2

/** Ids of the groups with which a container's user can open what everyone cannot. */
export function groupsFor(grants: readonly DeviceGrant[], modes: FileModes): readonly number[] {
  const gids = usedFiles(grants, modes)
    .filter(({ mode, wanted }) => !allows(mode, wanted) && allows(mode >> 3, wanted))
    .map(({ gid }) => gid)
  return [...new Set(gids)]
}

/**
 * @param user of the container, as its settings or its image say: `65532:65532`, `app`; empty is root
 * @returns the first file that it may not open with those groups; undefined: all of them can be opened, as far as is known
 */
export function deniedFile(
  grants: readonly DeviceGrant[],
  modes: FileModes,
  user: string,
): ({ readonly path: string } & FileMode) | undefined {
  const [name = ''] = user.split(':')
  if (name === '' || name === 'root' || name === '0') return undefined
  return usedFiles(grants, modes).find(
    ({ uid, mode, wanted }) =>
      !(String(uid) === name ? allows(mode >> 6, wanted) : allows(mode, wanted) || allows(mode >> 3, wanted)),
  )
}

function usedFiles(grants: readonly DeviceGrant[], modes: FileModes): UsedFile[] {
  return grants.flatMap(({ nodes, mounts }) => [
    ...nodes.flatMap(({ path, permissions }) => used(path, wantedOf(permissions), modes)),
    ...mounts.flatMap(({ source, readOnly }) => (readOnly ? [] : used(source, read | write, modes))),
  ])
}

function used(path: string, wanted: number, modes: FileModes): UsedFile[] {
  const mode = modes.get(path)
  return mode === undefined ? [] : [{ path, ...mode, wanted }]
}

function wantedOf(permissions: string): number {
  return (permissions.includes('r') ? read : 0) | (permissions.includes('w') ? write : 0)
}

function allows(bits: number, wanted: number): boolean {
  return (bits & wanted) === wanted
}
