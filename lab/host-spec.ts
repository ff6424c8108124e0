// What a topology says of one host.
import { namePattern, nameRule } from './name-rule.ts'
import { lastAddress, nextAddress, parseAddress, renderAddress, type Subnet, subnetHolds } from './subnet.ts'
import type { Piece } from './yaml-piece.ts'

/** `namespaces`: programs of this machine, kept apart. `board`: an emulated machine with a kernel and chips of its own. */
export const machineKinds = ['namespaces', 'board'] as const
export type MachineKind = (typeof machineKinds)[number]

export interface HostSpec {
  readonly name: string
  readonly kind: MachineKind
  /** Whether it has a Docker Engine; it has an sshd in any case. */
  readonly engine: boolean
  /** Further settings of the Engine, as /etc/docker/daemon.json has them. */
  readonly daemon: Readonly<Record<string, unknown>>
  /** Processors' worth of time for all that runs in it; undefined: no limit. */
  readonly cpus: number | undefined
  /** For all that runs in it; undefined: no limit. Of a board: what it has. */
  readonly memoryMiB: number | undefined
  /** The Engine's label `arch`, such as `arm64`; the programs stay those of this machine. */
  readonly arch: string | undefined
  /** Its address on the switch; for a host without a wire to the switch it means nothing. */
  readonly address: string
}

export const hostKeys = ['name', 'kind', 'engine', 'daemon', 'cpus', 'memoryMiB', 'arch', 'address'] as const

const reservedNames = ['localhost', 'switch']

/** More would not fit the machine's memory; the switch's ports are numbered in three digits. */
export const mostHosts = 200

/** Reads `hosts`; what is wrong is noted in the pieces. The hosts without an address get the lowest free ones. */
export function readHosts(list: Piece, subnet: Subnet): readonly HostSpec[] {
  const pieces = list.list() ?? []
  if (pieces.length === 0) list.problem('expected one host or more')
  if (pieces.length > mostHosts) list.problem(`expected at most ${mostHosts} hosts, got ${pieces.length}`)
  const firstOf = new Map<string, string>()
  const holderOf = new Map<number, string>()
  const drafts = pieces.map((piece) => readHost(piece, subnet, firstOf, holderOf))
  const taken = new Set(holderOf.keys())
  return drafts.flatMap((draft) => {
    if (draft === undefined) return []
    if (draft.address !== undefined) return [{ ...draft, address: draft.address }]
    const address = nextAddress(subnet, taken)
    if (address === undefined) {
      list.problem(`the subnet has no address left for "${draft.name}"`)
      return []
    }
    taken.add(address)
    return [{ ...draft, address: renderAddress(address) }]
  })
}

type HostDraft = Omit<HostSpec, 'address'> & { readonly address: string | undefined }

function readHost(
  piece: Piece,
  subnet: Subnet,
  firstOf: Map<string, string>,
  holderOf: Map<number, string>,
): HostDraft | undefined {
  const keys = piece.mapping(hostKeys)
  if (keys === undefined) return undefined
  const name = keys.name === undefined ? piece.problem('a host needs a name') : readName(keys.name, firstOf)
  const kind = keys.kind === undefined ? 'namespaces' : readKind(keys.kind)
  const engine = keys.engine?.boolean() ?? true
  const daemon = keys.daemon?.freeMapping() ?? {}
  if (!engine) keys.daemon?.problem('the host has no engine to set')
  const cpus = keys.cpus?.number({ min: 0.05, max: 1024 })
  const memoryMiB = keys.memoryMiB?.number({
    min: kind === 'board' ? 512 : 64,
    max: 1_048_576,
    integer: true,
  })
  const arch = keys.arch === undefined ? undefined : readArch(keys.arch)
  const address = keys.address === undefined ? undefined : readAddress(keys.address, subnet, holderOf)
  return name === undefined || kind === undefined
    ? undefined
    : { name, kind, engine, daemon, cpus, memoryMiB, arch, address }
}

function readName(piece: Piece, firstOf: Map<string, string>): string | undefined {
  const name = piece.string()
  if (name === undefined) return undefined
  if (!namePattern.test(name)) return piece.problem(`"${name}" is no host name: ${nameRule}`)
  if (reservedNames.includes(name)) return piece.problem(`"${name}" has a meaning already`)
  const first = firstOf.get(name)
  if (first !== undefined) return piece.problem(`duplicate host "${name}", first at ${first}`)
  firstOf.set(name, piece.path)
  return name
}

function readKind(piece: Piece): MachineKind | undefined {
  const text = piece.string()
  const kind = machineKinds.find((one) => one === text)
  if (kind !== undefined || text === undefined) return kind
  return piece.problem(`"${text}" is no kind of host; known here: ${machineKinds.join(', ')}`)
}

function readArch(piece: Piece): string | undefined {
  const arch = piece.string()
  if (arch === undefined || /^[a-z0-9][a-z0-9_./-]*$/i.test(arch)) return arch
  return piece.problem(`"${arch}" is no label: letters, digits, and _ . / - between them`)
}

function readAddress(piece: Piece, subnet: Subnet, holderOf: Map<number, string>): string | undefined {
  const text = piece.string()
  if (text === undefined) return undefined
  const address = parseAddress(text)
  if (address === undefined) return piece.problem(`"${text}" is no IPv4 address`)
  const last = lastAddress(subnet)
  if (!subnetHolds(subnet, address) || address === subnet.network || address > last) {
    return piece.problem(
      `${text} is outside of the subnet's ${renderAddress(subnet.network + 1)} to ${renderAddress(last - 1)}`,
    )
  }
  if (address === last) return piece.problem(`${text} is the switch's own address`)
  const holder = holderOf.get(address)
  if (holder !== undefined) return piece.problem(`address clash: ${text} is taken by ${holder}`)
  holderOf.set(address, piece.path)
  return text
}
