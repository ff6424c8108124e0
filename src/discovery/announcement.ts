// Lets this machine's manager be found by DNS-SD (RFC 6762, RFC 6763), on every interface.
import type { MulticastDNS } from 'multicast-dns'
import { pause } from '../model/pause.ts'
import { MdnsSockets } from './mdns-sockets.ts'
import { type AnnouncedManager, answer, renderRecords } from './service-records.ts'

/** RFC 6762 §6: no record more often on one interface, whoever asks; all who listen hear it anyway. */
const restMs = 1000
/** For the goodbye to leave before the sockets close. */
const goodbyeLimitMs = 500

export class Announcement {
  readonly #manager: AnnouncedManager
  readonly #now: () => number
  readonly #saidAtMs = new WeakMap<MulticastDNS, number>()
  #sockets: MdnsSockets | undefined

  constructor(manager: AnnouncedManager, now: () => number = () => performance.now()) {
    this.#manager = manager
    this.#now = now
  }

  /** Answers questions from now on, and says so unasked. Where there is no multicast, a named manager still works. */
  start(): void {
    const records = [...renderRecords(this.#manager)]
    this.#sockets = new MdnsSockets({
      onJoin: (socket) => socket.respond({ answers: records }),
      onQuery: (query, socket) => {
        const response = answer(query, records)
        if (response === undefined || !this.#mayAnswer(socket)) return
        socket.respond(response)
      },
    })
    this.#sockets.open()
  }

  /** Takes the manager out of everybody's memory. */
  async stop(): Promise<void> {
    const sockets = this.#sockets
    this.#sockets = undefined
    if (sockets === undefined) return
    const answers = [...renderRecords(this.#manager, 0)]
    const goodbyes = sockets.all.map(
      (socket) => new Promise<void>((resolve) => socket.respond({ answers }, () => resolve())),
    )
    const said = new AbortController()
    await Promise.race([Promise.all(goodbyes).then(() => said.abort()), pause(goodbyeLimitMs, said.signal)])
    await sockets.close()
  }

  #mayAnswer(socket: MulticastDNS): boolean {
    const nowMs = this.#now()
    if (nowMs - (this.#saidAtMs.get(socket) ?? Number.NEGATIVE_INFINITY) < restMs) return false
    this.#saidAtMs.set(socket, nowMs)
    return true
  }
}
