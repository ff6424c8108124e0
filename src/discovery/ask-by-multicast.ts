// Looks for managers by CoAP multicast (RFC 7252 §8): a GET of /.well-known/core to all CoAP nodes of the network.
import { discoverByMulticast } from '../coap/multicast.ts'
import { pause } from '../model/pause.ts'
import { type FoundManager, readAbout } from './found-manager.ts'
import { localAddresses } from './interfaces.ts'

const askAgainMs = 1000

/** Until the signal comes. */
export async function askByMulticast(
  take: (manager: FoundManager) => void,
  stop: AbortSignal,
): Promise<void> {
  const uri = '/.well-known/core?rt=shoal.manager'
  await discoverByMulticast(
    { uri, interfaces: localAddresses(), everyMs: askAgainMs, signal: stop },
    ({ payload, remote }) => {
      for (const [, attributes = ''] of payload.toString('utf8').matchAll(/<\/>((?:;[^,]*)*)/g)) {
        const about = new Map(
          [...attributes.matchAll(/;(\w+)="?([^";]*)"?/g)].map(([, name = '', value = '']) => [name, value]),
        )
        const manager = readAbout(about, remote.address, remote.port)
        if (manager !== undefined) take(manager)
      }
    },
  )
  await pause(0, stop)
}
