// What a board finds on its disk at its first boot, beyond what every host finds: its network, its settings, and the tar that carries it all.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkout, searchPath } from '../enter.ts'
import { renderSshdConfig } from '../host-files.ts'
import type { HostSpec } from '../host-spec.ts'
import type { HostPaths } from '../lab-paths.ts'
import { runStep } from '../run-command.ts'
import { endsOf, type HostEnd, type WirePlan } from '../wire-plan.ts'
import { boardFiles } from './machine.ts'

const guestFolder = fileURLToPath(new URL('guest', import.meta.url))

/** What Node compiles on a board is kept there: the checkout is read-only to it. */
const compileCache = 'NODE_COMPILE_CACHE=/var/cache/node'

/** One line an interface: `02:00:00:00:00:01 10.77.0.2/24 eth0`. */
export function renderBoardNetwork(ends: readonly HostEnd[]): string {
  return ends
    .map((end) => `${end.hardwareAddress} ${end.address}/${end.prefixLength} ${end.interfaceName}\n`)
    .join('')
}

/** @param node the path of the checkout's Node below the checkout; the board puts its own in its place */
export function renderBoardSettings(
  spec: Pick<HostSpec, 'engine'>,
  checkoutFolder: string,
  node: string,
): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  return `ENGINE=${spec.engine ? 'yes' : 'no'}\nCHECKOUT=${quote(checkoutFolder)}\nNODE=${quote(node)}\n`
}

/** Writes them where the tar takes them from; the files that every host finds must be there. */
export async function makeBoardFolder(
  paths: HostPaths,
  spec: HostSpec,
  wires: readonly WirePlan[],
  image: string,
  signal: AbortSignal,
): Promise<void> {
  const own = join(paths.folder, 'board')
  copyGuestPrograms(own)
  const settings = join(own, 'etc/board')
  mkdirSync(settings, { recursive: true })
  writeFileSync(join(settings, 'network'), renderBoardNetwork(endsOf(spec.name, wires)))
  writeFileSync(join(settings, 'settings'), renderBoardSettings(spec, checkout, nodeOfCheckout()))
  writeFileSync(join(paths.private, 'etc/ssh/sshd_config'), renderSshdConfig(searchPath(), compileCache))
  const file = (name: string) => join(paths.folder, name)
  const run = (object: string, argv: readonly string[]) =>
    runStep({ action: 'make', object, place: spec.name }, argv, { signal })
  const from = (folder: string) => ['-C', folder, '.']
  await run('the seed', [
    ...['tar', '--owner=0', '--group=0', '-cf', file(boardFiles.seed)],
    ...[...from(paths.files), ...from(paths.private), ...from(own)],
  ])
  for (const name of [boardFiles.kernel, boardFiles.initrd, boardFiles.root])
    symlinkSync(join(image, name), file(name))
  copyFileSync(join(image, boardFiles.deviceTree), file(boardFiles.deviceTree))
  const backing = ['-f', 'qcow2', '-F', 'raw', '-b', boardFiles.root]
  await run('the disk', ['qemu-img', 'create', '-q', ...backing, file(boardFiles.disk)])
}

/** The board's own programs, fit to be run, where its disk has them. */
function copyGuestPrograms(own: string): void {
  const programs = join(own, 'lib/board')
  mkdirSync(programs, { recursive: true })
  for (const name of readdirSync(guestFolder)) {
    copyFileSync(join(guestFolder, name), join(programs, name))
    chmodSync(join(programs, name), 0o755)
  }
  mkdirSync(join(own, 'etc'))
  copyFileSync(join(guestFolder, 'inittab'), join(own, 'etc/inittab'))
}

/** Empty when the checkout has none of its own. */
function nodeOfCheckout(): string {
  const link = join(checkout, 'node_modules/.bin/node')
  if (!existsSync(link)) return ''
  const path = relative(checkout, realpathSync(link))
  return path.startsWith('..') ? '' : path
}
