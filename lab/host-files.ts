// The files that a host finds at their usual paths: rendered purely, written before it boots.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { searchPath } from './enter.ts'
import type { HostSpec } from './host-spec.ts'
import type { HostPaths } from './lab-paths.ts'
import type { Topology } from './topology.ts'
import { addressOf, cableAddressOf, endsOf, type WirePlan } from './wire-plan.ts'

/** A host's own: nothing of the machine's is seen there, and nothing written there reaches the machine. They outlive the host's power. */
export const privateFolders = [
  '/etc/docker',
  '/etc/shoal',
  '/etc/ssh',
  '/root/.cache',
  '/root/.config',
  '/root/.local',
  '/root/.ssh',
  '/var/lib/docker',
  '/var/lib/shoal',
] as const

/** The public halves, as `ssh-keygen` writes them: `ssh-ed25519 AAAA…`. */
export interface HostKeys {
  /** Its sshd's. */
  readonly machine: string
  /** Its root's. */
  readonly root: string
}

interface TextFile {
  readonly path: string
  readonly text: string
  readonly mode?: number
}

/** Makes the host's folders, empty. */
export function makeHostFolders(paths: HostPaths): void {
  for (const folder of [paths.files, paths.scratch]) mkdirSync(folder, { recursive: true })
  for (const folder of privateFolders) {
    mkdirSync(join(paths.private, folder), {
      recursive: true,
      mode: folder.startsWith('/root') ? 0o700 : 0o755,
    })
  }
}

/** Writes what the host finds; `keys` has every host of the topology. */
export function writeHostFiles(
  paths: HostPaths,
  spec: HostSpec,
  topology: Topology,
  wires: readonly WirePlan[],
  keys: ReadonlyMap<string, HostKeys>,
): void {
  const daemon = renderDaemonSettings(spec)
  const files: readonly TextFile[] = [
    { path: '/etc/hostname', text: `${spec.name}\n` },
    { path: '/etc/hosts', text: renderHosts(spec.name, topology, wires) },
    // Nobody answers there, so a name that /etc/hosts lacks fails at once.
    { path: '/etc/resolv.conf', text: 'nameserver 127.0.0.1\n' },
    { path: '/etc/ssh/sshd_config', text: renderSshdConfig(searchPath()) },
    { path: '/root/.ssh/authorized_keys', text: renderAuthorizedKeys(keys), mode: 0o600 },
    { path: '/root/.ssh/known_hosts', text: renderKnownHosts(topology, wires, keys) },
    ...(daemon === undefined ? [] : [{ path: '/etc/docker/daemon.json', text: daemon }]),
  ]
  for (const { path, text, mode } of files) {
    const root = privateFolders.some((folder) => path.startsWith(`${folder}/`)) ? paths.private : paths.files
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, mode === undefined ? {} : { mode })
  }
}

/** All hosts by name. A name means the address on the switch; `NAME-direct` the one on a cable to this host, where both exist. */
export function renderHosts(viewer: string, topology: Topology, wires: readonly WirePlan[]): string {
  const onSwitch = new Set(wires.flatMap(({ near, far }) => (far.host === undefined ? [near.host] : [])))
  const lines = topology.hosts.flatMap(({ name }) => {
    const known = addressOf(name, wires)
    const cable = cableAddressOf(name, viewer, wires)
    if (cable === undefined) return [`${known}\t${name}`]
    return onSwitch.has(name) && onSwitch.has(viewer)
      ? [`${known}\t${name}`, `${cable}\t${name}-direct`]
      : [`${cable}\t${name} ${name}-direct`]
  })
  return ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost', ...lines, ''].join('\n')
}

/** Key log-in only. MaxSessions and MaxStartups stay at sshd's defaults, as on a device. @param environment more, `NAME=VALUE` */
export function renderSshdConfig(path: string, ...environment: readonly string[]): string {
  return `${[
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'PidFile /run/sshd.pid',
    'PrintMotd no',
    `SetEnv ${[`PATH=${path}`, ...environment].join(' ')}`,
    'Subsystem sftp internal-sftp',
  ].join('\n')}\n`
}

/** Every host's root may log in as root everywhere. */
export function renderAuthorizedKeys(keys: ReadonlyMap<string, HostKeys>): string {
  return [...keys]
    .map(([name, { root }]) => `${root.trim().split(' ').slice(0, 2).join(' ')} root@${name}\n`)
    .join('')
}

/** Every host under all its names and addresses. */
export function renderKnownHosts(
  topology: Topology,
  wires: readonly WirePlan[],
  keys: ReadonlyMap<string, HostKeys>,
): string {
  return topology.hosts
    .map(({ name }) => {
      const names = [name, `${name}-direct`, ...endsOf(name, wires).map(({ address }) => address)]
      return `${names.join(',')} ${(keys.get(name)?.machine ?? '').trim().split(' ').slice(0, 2).join(' ')}\n`
    })
    .join('')
}

/** /etc/docker/daemon.json; undefined when it would be empty. */
export function renderDaemonSettings({ daemon, arch }: HostSpec): string | undefined {
  const labels = Array.isArray(daemon.labels) ? daemon.labels : []
  const settings = arch === undefined ? daemon : { ...daemon, labels: [...labels, `arch=${arch}`] }
  return Object.keys(settings).length === 0 ? undefined : `${JSON.stringify(settings, null, 2)}\n`
}
