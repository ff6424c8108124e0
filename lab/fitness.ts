// Whether this machine can hold a lab: asked before anything is made, all that is missing named at once.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { ShoalError } from '../src/model/errors.ts'
import { searchPath } from './enter.ts'
import type { Topology } from './topology.ts'

/** Programs by the Debian package that brings them. */
const needed: Readonly<Record<string, readonly string[]>> = {
  iproute2: ['ip', 'tc'],
  'util-linux': ['unshare', 'nsenter', 'setsid', 'mount'],
  'openssh-server': ['sshd'],
  'openssh-client': ['ssh', 'ssh-keygen'],
  tini: ['tini'],
}
const neededByEngines = { 'docker.io': ['dockerd', 'containerd', 'runc'] }
const neededByBoards = {
  'qemu-system-arm': ['qemu-system-aarch64'],
  'qemu-utils': ['qemu-img'],
  mmdebstrap: ['mmdebstrap'],
  e2fsprogs: ['mke2fs'],
  kmod: ['depmod', 'modprobe'],
  cpio: ['cpio'],
  'device-tree-compiler': ['fdtput', 'fdtget'],
}

/** Throws `LAB_UNFIT` with the commands that mend it. */
export function assertFit({ hosts }: Topology): void {
  if (process.platform !== 'linux')
    throw unfit(`it runs ${process.platform}, not Linux`, 'use Debian 12 or 13')
  if (process.getuid?.() !== 0)
    throw unfit('namespaces, mounts and cgroups need root', 'run it as root: sudo shoal lab up')
  const boards = hosts.some(({ kind }) => kind === 'board')
  const wanted = {
    ...needed,
    ...(hosts.some(({ engine, kind }) => engine && kind !== 'board') ? neededByEngines : {}),
    ...(boards ? neededByBoards : {}),
  }
  const missing = Object.entries(wanted).flatMap(([packageName, programs]) => {
    const absent = programs.filter((program) => !isThere(program))
    return absent.length === 0 ? [] : [{ packageName, absent }]
  })
  if (missing.length === 0) return
  const names = missing.flatMap(({ absent }) => absent).join(', ')
  const packages = missing.map(({ packageName }) => packageName).join(' ')
  throw unfit(
    `it has no ${names}`,
    `${boards ? 'sh scripts/setup --board' : 'npm run setup'}, or apt-get install ${packages}`,
  )
}

function isThere(program: string): boolean {
  return searchPath()
    .split(':')
    .some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function unfit(reason: string, nextStep: string): ShoalError {
  return new ShoalError('LAB_UNFIT', {
    action: 'bring up',
    object: 'a lab',
    place: 'this machine',
    reason,
    nextStep,
  })
}
