// What a lab is just now: which hosts answer, what each wire carries, measured by real traffic.
import { Cgroup } from './cgroup.ts'
import { readCgroupLayout } from './cgroup-layout.ts'
import { joinArgv } from './enter.ts'
import type { Host } from './host.ts'
import type { LabParts } from './lab-parts.ts'
import { measureCgroup } from './lab-paths.ts'
import type { LinkKindName } from './links/kinds.ts'
import type { Figures } from './links/link-kind.ts'
import { measureWire, type WireMeasurement } from './measure/measure-wire.ts'
import { servicesOf } from './services-of.ts'
import { addressOf, type WirePlan } from './wire-plan.ts'

export interface HostStatus {
  readonly name: string
  readonly address: string
  /** Its init, as the machine numbers it; null without power. */
  readonly pid: number | null
  /** null where the topology gives it none. */
  readonly engine: { readonly up: boolean; readonly version: string | null } | null
  readonly sshUp: boolean
}

export interface LinkStatus {
  readonly id: string
  readonly kind: LinkKindName
  readonly from: string
  readonly to: string
  /** `cut` by `shoal lab link`; `dead` when a host of it has no power. */
  readonly state: 'up' | 'cut' | 'dead'
  /** What the topology asks for, in each direction. */
  readonly figures: Figures
  /** null when it was not measured, or nothing passed. A wire to a board is not: what measures runs on this machine. */
  readonly measured: WireMeasurement | null
}

export interface LabStatus {
  readonly name: string
  readonly folder: string
  readonly hosts: readonly HostStatus[]
  readonly links: readonly LinkStatus[]
}

export async function readLabStatus(
  parts: LabParts,
  { measure, signal }: { readonly measure: boolean; readonly signal: AbortSignal },
): Promise<LabStatus> {
  const hosts = await Promise.all([...parts.hosts.values()].map((host) => readHost(host, parts.wires)))
  const cgroup = measure ? new Cgroup(readCgroupLayout(), measureCgroup(parts.paths)) : undefined
  cgroup?.create()
  const links: LinkStatus[] = []
  // One after the other: side by side they would measure each other.
  for (const wire of parts.wires) links.push(await readLink(wire, parts, cgroup, signal))
  return { name: parts.paths.name, folder: parts.paths.folder, hosts, links }
}

async function readHost(host: Host, wires: readonly WirePlan[]): Promise<HostStatus> {
  const { name } = host.spec
  const address = addressOf(name, wires)
  if (!host.hasPower()) {
    return {
      name,
      address,
      pid: null,
      engine: host.spec.engine ? { up: false, version: null } : null,
      sshUp: false,
    }
  }
  const services = servicesOf(host)
  const version = host.spec.engine ? await services.engineVersion() : undefined
  const engine = host.spec.engine ? { up: version !== undefined, version: version ?? null } : null
  return { name, address, pid: host.init(), engine, sshUp: await services.sshUp() }
}

async function readLink(
  wire: WirePlan,
  { hosts, wiring }: LabParts,
  measureIn: Cgroup | undefined,
  signal: AbortSignal,
): Promise<LinkStatus> {
  const { id, kind, figures, near, far } = wire
  const ends = [...hosts.values()].filter(({ spec }) => spec.name === near.host || spec.name === far.host)
  const alive = ends.every((host) => host.hasPower())
  const state = !alive ? 'dead' : (await wiring.carries(wire)) ? 'up' : 'cut'
  const measured =
    state === 'up' && measureIn !== undefined && !ends.some(({ spec }) => spec.kind === 'board')
      ? await measureWire(
          {
            nearPid: wiring.pidOf(near),
            farPid: wiring.pidOf(far),
            farAddress: far.address,
            join: (argv) => joinArgv(measureIn.joinFiles(), argv),
          },
          signal,
        )
      : undefined
  return { id, kind, from: near.host, to: far.host ?? 'switch', state, figures, measured: measured ?? null }
}
