// Which manager a command speaks to: the one that is named, the one of this machine, or the only one in the local network.
import type { FoundManager } from '../discovery/found-manager.ts'
import { ShoalError } from '../model/errors.ts'
import { usualPorts } from '../model/manager-ports.ts'
import type { Io } from './io.ts'
import { type ManagerAddress, managerAt, parseManagerAddress } from './manager-address.ts'

export interface ManagerOptions {
  readonly manager?: string
}

/** Where is looked when none is named. */
export interface Surroundings {
  /** The manager of this machine, if one runs. */
  readonly own: ManagerAddress
  readonly search: (options: { readonly signal: AbortSignal }) => Promise<readonly FoundManager[]>
}

const surroundings: Surroundings = {
  own: managerAt('127.0.0.1', usualPorts),
  // Loaded when it is needed: most commands are told where the manager is, or run beside it.
  search: async (options) => (await import('../discovery/find-managers.ts')).findManagers(options),
}

/** On this machine the answer is there at once, or there is none. */
const ownMs = 500

/**
 * `--manager`, then SHOAL_MANAGER, then this machine, then the local network.
 * @throws ShoalError USAGE, MANAGER_NOT_FOUND, MANAGER_AMBIGUOUS
 */
export async function locateManager(
  { env, signal }: Pick<Io, 'env' | 'signal'>,
  { manager }: ManagerOptions,
  { own, search }: Surroundings = surroundings,
): Promise<ManagerAddress> {
  const named = manager ?? (env.SHOAL_MANAGER || undefined)
  if (named !== undefined) return parseManagerAddress(named)
  if (await isManager(own, signal)) return own
  const found = await search({ signal })
  const addresses = [
    ...new Map(
      found.map(({ coap, httpPort }) => {
        const address = managerAt(coap.host, { coap: coap.port, http: httpPort })
        return [address.httpUrl, address]
      }),
    ).values(),
  ]
  const clusters = new Set(found.map(({ fingerprintPrefix }) => fingerprintPrefix))
  const [first] = addresses
  if (first === undefined) {
    throw new ShoalError('MANAGER_NOT_FOUND', {
      action: 'find',
      object: 'the manager',
      reason: 'none runs on this machine, and none answered in the local network',
      nextStep: 'name it: --manager ADDRESS, or SHOAL_MANAGER=ADDRESS; shoal manager start starts one',
    })
  }
  // One manager with several addresses is one.
  if (clusters.size === 1) return first
  throw new ShoalError('MANAGER_AMBIGUOUS', {
    action: 'find',
    object: 'the manager',
    reason: `several answered: ${addresses.map(({ httpUrl }) => httpUrl).join(', ')}`,
    nextStep: `name one: --manager ${new URL(first.httpUrl).host}, or SHOAL_MANAGER=${new URL(first.httpUrl).host}`,
  })
}

/** Whether what listens there is one. */
async function isManager({ httpUrl }: ManagerAddress, signal: AbortSignal): Promise<boolean> {
  const [{ ManagerClient }, { apiRoutes }] = await Promise.all([
    import('./manager-client.ts'),
    import('../model/api/routes.ts'),
  ])
  try {
    await new ManagerClient(httpUrl).ask(apiRoutes.status, {}, { signal, deadlineMs: ownMs })
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ShoalError) return false
    throw error
  }
}
