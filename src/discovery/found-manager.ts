// A manager that was found in the local network. Who it really is only its certificate proves.
import type { Endpoint } from '../model/endpoint.ts'

export interface FoundManager {
  readonly coap: Endpoint
  /** First 16 hex digits of the fingerprint of its authority. */
  readonly fingerprintPrefix: string
  readonly httpPort: number
  readonly joinPort: number
}

/** RFC 6763 §7: by UDP, since CoAP is what a client speaks first. */
export const serviceType = '_shoal._udp.local'

/** @param about `fp`, `http` and `join` */
export function readAbout(
  about: ReadonlyMap<string, string>,
  host: string,
  port: number,
): FoundManager | undefined {
  const fingerprintPrefix = about.get('fp') ?? ''
  const [httpPort, joinPort] = [Number(about.get('http')), Number(about.get('join'))]
  const arePorts = [port, httpPort, joinPort].every(
    (each) => Number.isInteger(each) && each > 0 && each < 65_536,
  )
  if (!/^[0-9a-f]{16}$/.test(fingerprintPrefix) || !arePorts) return undefined
  return { coap: { host, port }, fingerprintPrefix, httpPort, joinPort }
}
