// Looks for managers in the local network: by DNS-SD on every interface, and by CoAP multicast.
import makeMdns, { type MulticastDNS, type ResponsePacket } from 'multicast-dns'
import { pause } from '../model/pause.ts'
import { askByMulticast } from './ask-by-multicast.ts'
import { type FoundManager, readAbout, serviceType } from './found-manager.ts'
import { localAddresses } from './interfaces.ts'

export interface SearchOptions {
  readonly signal: AbortSignal
  /** Default 3,000. */
  readonly timeoutMs?: number
  /** Ends the search as soon as this one is found. */
  readonly fingerprintPrefix?: string
}

const usualTimeoutMs = 3000
/** After the first is found, for others to show themselves. */
const graceMs = 400
const askAgainMs = 700

/** Every manager that answered, each once. */
export async function findManagers({
  signal,
  timeoutMs = usualTimeoutMs,
  fingerprintPrefix,
}: SearchOptions): Promise<readonly FoundManager[]> {
  const found = new Map<string, FoundManager>()
  const enough = new AbortController()
  const stop = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(timeoutMs)])
  const take = (manager: FoundManager): void => {
    found.set(`${manager.coap.host} ${manager.coap.port}`, manager)
    if (manager.fingerprintPrefix === fingerprintPrefix) enough.abort()
    else if (fingerprintPrefix === undefined) setTimeout(() => enough.abort(), graceMs).unref()
  }
  await Promise.all([askByDnsSd(take, stop), askByMulticast(take, stop)])
  signal.throwIfAborted()
  return [...found.values()]
}

async function askByDnsSd(take: (manager: FoundManager) => void, stop: AbortSignal): Promise<void> {
  const sockets = localAddresses().flatMap((address) => {
    try {
      const mdns = makeMdns({ interface: address, bind: '0.0.0.0', reuseAddr: true, loopback: true })
      mdns.on('error', () => {})
      mdns.on('warning', () => {})
      mdns.on('response', (packet) => {
        for (const manager of readResponse(packet)) take(manager)
      })
      return [mdns]
    } catch {
      return []
    }
  })
  try {
    while (!stop.aborted) {
      for (const mdns of sockets) ask(mdns)
      await pause(askAgainMs, stop)
    }
  } finally {
    await Promise.all(sockets.map((mdns) => new Promise<void>((resolve) => mdns.destroy(() => resolve()))))
  }
}

function ask(mdns: MulticastDNS): void {
  mdns.query({ questions: [{ name: serviceType, type: 'PTR' }] })
}

/** Whatever comes from the network is taken for what it is: names, ports and an address, or nothing. */
function readResponse({ answers = [], additionals = [] }: ResponsePacket): readonly FoundManager[] {
  const records = [...answers, ...additionals]
  return records.flatMap((record) => {
    if (record.type !== 'SRV' || !record.name.endsWith(serviceType)) return []
    const address = records.find(({ name, type }) => type === 'A' && name === record.data.target)
    const text = records.find(({ name, type }) => type === 'TXT' && name === record.name)
    if (address?.type !== 'A' || text?.type !== 'TXT') return []
    const manager = readAbout(textOf(text.data), address.data, record.data.port)
    return manager === undefined ? [] : [manager]
  })
}

function textOf(data: unknown): ReadonlyMap<string, string> {
  const lines = (Array.isArray(data) ? data : [data]).map((line: unknown) => String(line))
  return new Map(
    lines.map((line) => {
      const [name = '', value = ''] = line.split('=', 2)
      return [name, value]
    }),
  )
}
