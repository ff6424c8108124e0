// Looks for managers in the local network: by DNS-SD on every interface, and by CoAP multicast, both at once.
import { pause } from '../model/pause.ts'
import { askByMulticast } from './ask-by-multicast.ts'
import { type FoundManager, serviceType } from './found-manager.ts'
import { MdnsSockets } from './mdns-sockets.ts'
import { readManagers } from './service-records.ts'

export interface SearchOptions {
  readonly signal: AbortSignal
  /** Default 3,000. */
  readonly timeoutMs?: number
  /** Ends the search soon after this one is found. Left out: after any is. */
  readonly fingerprintPrefix?: string
}

const usualTimeoutMs = 3000
/** After one is found, for others to show themselves: anybody can say that he is the one, only a certificate proves it. */
const graceMs = 400
const askAgainMs = 700
/** Nobody has that many; somebody could say so. */
const mostManagers = 64

/** Every manager that answered, each once; those with the wanted fingerprint first. */
export async function findManagers({
  signal,
  timeoutMs = usualTimeoutMs,
  fingerprintPrefix,
}: SearchOptions): Promise<readonly FoundManager[]> {
  const found = new Map<string, FoundManager>()
  const enough = new AbortController()
  const stop = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(timeoutMs)])
  let ending: NodeJS.Timeout | undefined
  const isWanted = (manager: FoundManager): boolean => manager.fingerprintPrefix === fingerprintPrefix
  const take = (manager: FoundManager): void => {
    if (found.size >= mostManagers && !isWanted(manager)) return
    found.set(`${manager.coap.host} ${manager.coap.port} ${manager.fingerprintPrefix}`, manager)
    if (fingerprintPrefix === undefined || isWanted(manager))
      ending ??= setTimeout(() => enough.abort(), graceMs)
  }
  try {
    await Promise.all([askByDnsSd(take, stop), askByMulticast(take, stop)])
  } finally {
    clearTimeout(ending)
  }
  signal.throwIfAborted()
  return [...found.values()].sort((one, other) => Number(isWanted(other)) - Number(isWanted(one)))
}

async function askByDnsSd(take: (manager: FoundManager) => void, stop: AbortSignal): Promise<void> {
  const sockets = new MdnsSockets({
    onResponse: (response) => {
      for (const manager of readManagers(response)) take(manager)
    },
  })
  sockets.open()
  try {
    while (!stop.aborted) {
      for (const socket of sockets.all) socket.query({ questions: [{ name: serviceType, type: 'PTR' }] })
      await pause(askAgainMs, stop)
    }
  } finally {
    await sockets.close()
  }
}
