// Whether real hosts can be measured on as they are: the same Shoal everywhere, nothing of a person's own in the way.
import { ShoalError } from '../../src/model/errors.ts'
import type { RealHost } from './real-host.ts'
import type { StageNeed } from './stage.ts'

export interface HostsToFit {
  readonly manager: RealHost
  readonly client: RealHost
  readonly workers: readonly RealHost[]
}

const lookLimitMs = 30_000
const clientLogin = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=10']

/** Changes nothing. Throws ShoalError STAGE_FAILED with every reason against, and the signal's reason. */
export async function assertHostsFit(
  { manager, client, workers }: HostsToFit,
  { mode, devices }: StageNeed,
  signal: AbortSignal,
): Promise<void> {
  const [first] = workers
  const reasons = await Promise.all([
    unlikeVersions([manager, client, ...workers], signal),
    // Only cluster mode changes an Engine; but a manager or an agent that runs is no pair mode either.
    inTheWay(manager, mode, signal),
    ...workers.map((worker) => inTheWay(worker, mode, signal)),
    ...(mode === 'pair' ? workers.map((worker) => loginRefusal(client, worker, signal)) : []),
    devices && first !== undefined ? lacksDevices(first, signal) : undefined,
  ])
  signal.throwIfAborted()
  const against = reasons.flatMap((reason) => reason ?? [])
  if (against.length === 0) return
  throw new ShoalError('STAGE_FAILED', {
    action: 'measure on',
    object: 'the hosts of the inventory',
    reason: against.join('\n'),
  })
}

async function unlikeVersions(hosts: readonly RealHost[], signal: AbortSignal): Promise<string | undefined> {
  const versions = await Promise.all(
    hosts.map(async (host) => ({
      name: host.name,
      version: await said(host, ['shoal', '--version'], signal),
    })),
  )
  if (new Set(versions.map(({ version }) => version)).size === 1) return undefined
  const list = versions.map(({ name, version }) => `${name} ${version}`).join(', ')
  return `every host has to run the same Shoal: ${list}`
}

async function inTheWay(
  host: RealHost,
  mode: StageNeed['mode'],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (mode === 'cluster' && host.userId !== 0)
    return `${host.name}: manager and workers are logged in to as root, not as user ${host.userId}: their Engines are set up anew`
  const swarm = await said(host, ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'], signal)
  if (swarm !== 'inactive') {
    const state = swarm.split('\n')[0] ?? ''
    return `${host.name}: its Engine has to be in no Swarm, and no manager may run; it says: ${state}. If it is left from an earlier run: ${host.role === 'worker' ? 'shoal worker leave' : 'docker swarm leave --force'}`
  }
  if (host.role !== 'worker') return undefined
  const { exitCode } = await host.exec(['shoal', 'worker', 'status'], { signal, timeoutMs: lookLimitMs })
  return exitCode === 0
    ? `${host.name}: it is a member of a cluster already: shoal worker leave ends that`
    : undefined
}

/** Pair mode is a log-in from the client. */
async function loginRefusal(
  client: RealHost,
  worker: RealHost,
  signal: AbortSignal,
): Promise<string | undefined> {
  const argv = ['ssh', ...clientLogin, `root@${worker.address}`, 'true']
  const { exitCode, stderr } = await client.exec(argv, { signal, timeoutMs: lookLimitMs })
  if (exitCode === 0) return undefined
  return `${client.name}: in pair mode it logs in to root@${worker.address} (${worker.name}), and cannot: ${stderr.trim()}`
}

async function lacksDevices(worker: RealHost, signal: AbortSignal): Promise<string | undefined> {
  const { exitCode } = await worker.exec(['test', '-s', '/etc/shoal/devices.yaml'], {
    signal,
    timeoutMs: lookLimitMs,
  })
  return exitCode === 0 ? undefined : `${worker.name}: no /etc/shoal/devices.yaml says what hangs at it`
}

/** Its stdout, or what it complained of. */
async function said(host: RealHost, argv: readonly string[], signal: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await host.exec(argv, { signal, timeoutMs: lookLimitMs })
  return exitCode === 0 ? stdout.trim() : stderr.trim() || `${argv[0]} ended with ${exitCode}`
}
