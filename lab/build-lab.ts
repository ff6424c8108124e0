// Builds a lab whose name is taken and whose state is written: keys and files, then power, then wires, then daemons.

import { makeBoardFolder } from './board/board-files.ts'
import { BoardHost } from './board/board-host.ts'
import { boardImage } from './board/image/board-image.ts'
import { type HostKeys, makeHostFolders, writeHostFiles } from './host-files.ts'
import { makeHostKeys } from './host-keys.ts'
import type { LabParts } from './lab-parts.ts'
import { servicesOf } from './services-of.ts'
import { together } from './together.ts'

export interface BuildOptions {
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly progress: (line: string) => void
  /** Where the images of boards are kept between runs. */
  readonly boardCache: string
}

/** Each step side by side for all hosts. What is done when a step fails is left to `takeDown`. */
export async function buildLab(
  { topology, hosts: hostsByName, wires, wiring }: LabParts,
  { signal, progress, boardCache }: BuildOptions,
): Promise<void> {
  const hosts = [...hostsByName.values()]
  const keys = new Map<string, HostKeys>()
  for (const { paths } of hosts) makeHostFolders(paths)
  const makeKeys = hosts.map(({ paths, spec }) => async (stop: AbortSignal) => {
    keys.set(spec.name, await makeHostKeys(paths, spec.name, stop))
  })
  await together(makeKeys, signal)
  for (const { paths, spec } of hosts) writeHostFiles(paths, spec, topology, wires, keys)

  const boards = hosts.filter((host) => host instanceof BoardHost)
  if (boards.length > 0) {
    const image = await boardImage({ cache: boardCache, signal, progress })
    for (const { paths, spec } of boards) await makeBoardFolder(paths, spec, wires, image, signal)
  }

  progress(`boots ${hosts.length} hosts`)
  const boot = hosts.map((host) => (stop: AbortSignal) => host.boot(stop))
  await together([(stop) => wiring.startSwitch(stop), ...boot], signal)

  // Before the daemons: an engine that is a Swarm worker does not start without its interface.
  progress(`lays ${wires.length} links`)
  const lay = wires.map((wire) => (stop: AbortSignal) => wiring.lay(wire, stop))
  await together(lay, signal)

  progress('starts sshds and engines')
  const serve = hosts.map((host) => async (stop: AbortSignal) => {
    const services = servicesOf(host)
    await services.start(stop)
    const engine = host.spec.engine ? ` with engine ${await services.engineVersion()}` : ''
    progress(`${host.spec.name} is up${engine}`)
  })
  await together(serve, signal)
}
