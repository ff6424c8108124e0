// The services of each kind of host: what starts, stops and asks them.
import { BoardHost } from './board/board-host.ts'
import { BoardServices } from './board/board-services.ts'
import { dockerd, engineVersion, sshd, startDaemon, startServices, stopDaemon } from './daemons.ts'
import type { Host } from './host.ts'
import type { Services } from './services.ts'

export function servicesOf(host: Host): Services {
  if (host instanceof BoardHost) return new BoardServices(host)
  return {
    start: (signal) => startServices(host, signal),
    startEngine: (signal) => startDaemon(host, dockerd, signal),
    stopEngine: (kind) => stopDaemon(host, dockerd, kind),
    startSshd: (signal) => startDaemon(host, sshd, signal),
    stopSshd: () => stopDaemon(host, sshd, 'SIGTERM'),
    engineVersion: () => engineVersion(host),
    sshUp: () => sshd.answers(host),
  }
}
