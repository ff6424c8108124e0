// Lets this machine's manager be found by DNS-SD (RFC 6762, RFC 6763), on every interface.
import makeMdns, { type MulticastDNS } from 'multicast-dns'
import { serviceType } from './found-manager.ts'
import { localAddresses } from './interfaces.ts'

export interface AnnouncementOptions {
  /** Tells this manager from others; its host name. */
  readonly name: string
  readonly address: string
  readonly coapPort: number
  readonly httpPort: number
  readonly joinPort: number
  readonly fingerprintPrefix: string
}

/** Seconds; RFC 6762 §10 for records that name a host. */
const ttlS = 120

export class Announcement {
  readonly #options: AnnouncementOptions
  #sockets: MulticastDNS[] = []

  constructor(options: AnnouncementOptions) {
    this.#options = options
  }

  /** Answers questions from now on. An interface without multicast is passed over: CoAP and a named manager work there. */
  start(): void {
    this.#sockets = localAddresses().flatMap((address) => {
      try {
        const mdns = makeMdns({ interface: address, bind: '0.0.0.0', reuseAddr: true, loopback: true })
        mdns.on('error', () => {})
        mdns.on('warning', () => {})
        mdns.on('query', ({ questions = [] }) => {
          const isMeant = questions.some(
            ({ name, type }) =>
              name.toLowerCase() === serviceType && (type === 'PTR' || String(type) === 'ANY'),
          )
          if (isMeant) mdns.respond(this.#records())
        })
        return [mdns]
      } catch {
        return []
      }
    })
  }

  async stop(): Promise<void> {
    const sockets = this.#sockets
    this.#sockets = []
    await Promise.all(sockets.map((mdns) => new Promise<void>((resolve) => mdns.destroy(() => resolve()))))
  }

  #records() {
    const { name, address, coapPort, httpPort, joinPort, fingerprintPrefix } = this.#options
    const instance = `${name}.${serviceType}`
    const target = `${name}.local`
    return {
      answers: [{ name: serviceType, type: 'PTR' as const, ttl: ttlS, data: instance }],
      additionals: [
        { name: instance, type: 'SRV' as const, ttl: ttlS, data: { port: coapPort, target } },
        {
          name: instance,
          type: 'TXT' as const,
          ttl: ttlS,
          data: [`fp=${fingerprintPrefix}`, `http=${httpPort}`, `join=${joinPort}`],
        },
        { name: target, type: 'A' as const, ttl: ttlS, data: address },
      ],
    }
  }
}
