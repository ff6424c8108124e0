// Whether real hosts can be measured on as they are: the same Shoal everywhere, nothing of a person's own in the way.
import { type ErrorCode, ShoalError } from '../../src/model/errors.ts'
import { pairModeLabel } from '../../src/pair/instance.ts'
import type { EvaluationHost, HostAnswer } from './evaluation-host.ts'
import { hereVersion, readVersions, unlikeVersions } from './same-shoal.ts'
import type { StageNeed } from './stage.ts'

/** What of a host is asked. */
export type HostToFit = Pick<EvaluationHost, 'name' | 'role' | 'address' | 'exec' | 'projectFile'> & {
  readonly userId: number
}

export interface HostsToFit {
  readonly manager: HostToFit
  readonly client: HostToFit
  readonly workers: readonly HostToFit[]
}

type Need = Pick<StageNeed, 'mode' | 'devices'>

const lookLimitMs = 30_000
const clientLogin = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=10']

interface Refusal {
  /** `ENGINE_ABSENT`: the Engine of a host that has just started may come up yet. */
  readonly code: Extract<ErrorCode, 'STAGE_FAILED' | 'ENGINE_ABSENT'>
  readonly reason: string
}

/**
 * Changes nothing. Throws ShoalError STAGE_FAILED with every reason against, ENGINE_ABSENT where nothing but Engines that do not answer is;
 * and the signal's reason.
 */
export async function assertHostsFit(
  { manager, client, workers }: HostsToFit,
  { mode, devices }: Need,
  signal: AbortSignal,
): Promise<void> {
  const [first] = workers
  const hosts = [manager, client, ...workers]
  const refusals = await Promise.all([
    versionRefusal(hosts, signal),
    // Only cluster mode changes an Engine; but a manager or an agent that runs is no pair mode either.
    inTheWay(manager, mode, signal),
    ...workers.map((worker) => inTheWay(worker, mode, signal)),
    ...(mode === 'pair' ? workers.map((worker) => loginRefusal(client, worker, signal)) : []),
    devices && first !== undefined ? lacksDevices(first, signal) : undefined,
  ])
  signal.throwIfAborted()
  const against = refusals.flatMap((refusal) => refusal ?? [])
  if (against.length === 0) return
  throw new ShoalError(
    against.every(({ code }) => code === 'ENGINE_ABSENT') ? 'ENGINE_ABSENT' : 'STAGE_FAILED',
    {
      action: 'measure on',
      object: 'the hosts of the inventory',
      reason: against.map(({ reason }) => reason).join('\n'),
    },
  )
}

/** Names of the containers of pair mode that run there. Throws the signal's reason. */
export async function pairContainers(host: HostToFit, signal: AbortSignal): Promise<readonly string[]> {
  const argv = ['docker', 'ps', '--filter', `label=${pairModeLabel}`, '--format', '{{.Names}}']
  const { stdout } = await ask(host, argv, signal)
  return stdout.split('\n').filter((name) => name !== '')
}

async function versionRefusal(
  hosts: readonly HostToFit[],
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const [here, there] = await Promise.all([hereVersion(signal), readVersions(hosts, signal)])
  const reason = unlikeVersions([here, ...there])
  return reason === undefined ? undefined : against(reason)
}

async function inTheWay(
  host: HostToFit,
  mode: StageNeed['mode'],
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { name, role, userId, address } = host
  if (mode === 'cluster' && userId !== 0)
    return against(
      `${name}: manager and workers are logged in to as root, not as user ${userId}: their Engines are set up anew`,
    )
  const info = await ask(host, ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'], signal)
  const state = info.stdout.trim()
  // Some versions end with 0 where no daemon answers.
  if (info.exitCode !== 0 || state === '') {
    const said = info.stderr.trim() || `docker info ended with ${info.exitCode}`
    const reason = `${name}: its Engine does not answer: ${said}; start Docker there, or log in as root`
    return { code: 'ENGINE_ABSENT', reason }
  }
  if (state !== 'inactive')
    return against(
      `${name}: its Engine has to be in no Swarm, and no manager may run; its Swarm is ${state}. If it is left from an earlier run: ${role === 'worker' ? 'shoal worker leave' : 'docker swarm leave --force'}`,
    )
  if (role !== 'worker') return undefined
  const { exitCode } = await ask(host, ['shoal', 'worker', 'status'], signal)
  if (exitCode === 0)
    return against(`${name}: it is a member of a cluster already: shoal worker leave ends that`)
  const running = await pairContainers(host, signal)
  if (running.length === 0) return undefined
  return against(
    `${name}: containers of pair mode run there, ${running.join(', ')}: shoal pair rm root@${address} --all removes them`,
  )
}

/** Pair mode is a log-in from the client. */
async function loginRefusal(
  client: HostToFit,
  worker: HostToFit,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const argv = ['ssh', ...clientLogin, `root@${worker.address}`, 'true']
  const { exitCode, stderr } = await ask(client, argv, signal)
  if (exitCode === 0) return undefined
  return against(
    `${client.name}: in pair mode it logs in to root@${worker.address} (${worker.name}), and cannot: ${stderr.trim()}`,
  )
}

async function lacksDevices(worker: HostToFit, signal: AbortSignal): Promise<Refusal | undefined> {
  const { exitCode } = await ask(worker, ['test', '-s', '/etc/shoal/devices.yaml'], signal)
  return exitCode === 0
    ? undefined
    : against(`${worker.name}: no /etc/shoal/devices.yaml says what hangs at it`)
}

function against(reason: string): Refusal {
  return { code: 'STAGE_FAILED', reason }
}

function ask(
  host: Pick<EvaluationHost, 'exec'>,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<HostAnswer> {
  return host.exec(argv, { signal, timeoutMs: lookLimitMs })
}
