// What goes into the image of a board, and the key that changes with it.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gpioLines } from '../lines.ts'
import { machineArgs } from '../machine.ts'

/** Debian 12: Docker 20.10, runc 1.1, Linux 6.1. */
export const suite = 'bookworm'
export const architecture = 'arm64'

export const imageFolder = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '')

/** Debian's; what they depend on comes with them, what they recommend does not. */
export const packages: readonly string[] = [
  ...['linux-image-arm64', 'kmod', 'udev', 'busybox-static', 'base-files', 'base-passwd', 'netbase', 'login'],
  ...[
    'bash',
    'dash',
    'coreutils',
    'findutils',
    'grep',
    'sed',
    'gzip',
    'tar',
    'hostname',
    'procps',
    'util-linux',
    'mount',
  ],
  ...['docker.io', 'iptables', 'iproute2', 'openssh-server', 'openssh-client', 'ca-certificates'],
  ...['gpiod', 'v4l-utils', 'libstdc++6', 'libc-bin'],
]

/** The memory that the device tree is made with; QEMU writes the board's own into it. */
export const describedMemoryMiB = 1024

/** @param nodeVersion of Node on the board: `24.21.0` */
export function imageKey(nodeVersion: string): string {
  const hash = createHash('sha256')
  const add = (text: string) => hash.update(`${text.length}:`).update(text)
  add(
    JSON.stringify([suite, architecture, packages, gpioLines, machineArgs(describedMemoryMiB), nodeVersion]),
  )
  for (const name of readdirSync(imageFolder).sort()) {
    add(`${name}\n${readFileSync(join(imageFolder, name), 'utf8')}`)
  }
  return hash.digest('hex').slice(0, 16)
}
