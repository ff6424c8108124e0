// Where an instance answers CoAP, as seen from here.
import { isIPv6 } from 'node:net'
import type { PublishedPort } from '../engine/container-answers.ts'
import type { CoapAnswer } from '../model/application.ts'
import { type Endpoint, renderEndpoint } from '../model/endpoint.ts'
import { coapAnswerOf, type FoundInstance } from './instance.ts'

/** What is known of a container for this: where it answers inside, and how that is reached on the device. */
export interface Exposure {
  readonly coapPort: number | undefined
  readonly isHostNetwork: boolean
  readonly ports: readonly PublishedPort[]
}

/**
 * Pure. @param address of the device.
 * @returns undefined when it has no CoAP port, or none that the device publishes to others.
 */
export function coapEndpoint(
  { coapPort, isHostNetwork, ports }: Exposure,
  address: string,
): Endpoint | undefined {
  if (coapPort === undefined) return undefined
  if (isHostNetwork) return { host: address, port: coapPort }
  const published = ports.filter(
    ({ containerPort, protocol, hostIp }) =>
      containerPort === coapPort && protocol === 'udp' && !isLoopback(hostIp),
  )
  // The Engine may choose one port for IPv4 and another for IPv6.
  const binding = published.find(({ hostIp }) => isIPv6(hostIp) === isIPv6(address)) ?? published[0]
  if (binding === undefined) return undefined
  const isAny = ['', '0.0.0.0', '::'].includes(binding.hostIp)
  return { host: isAny ? address : binding.hostIp, port: binding.hostPort }
}

/** Pure: where an instance that was found answers. */
export function foundEndpoint(found: FoundInstance, address: string): Endpoint | undefined {
  const { networkMode, ports } = found.container
  return coapEndpoint(
    { coapPort: coapAnswerOf(found).port, isHostNetwork: networkMode === 'host', ports },
    address,
  )
}

/** The resource that tells whether the instance answers. */
export function probeUri({ path }: Pick<CoapAnswer, 'path'>, endpoint: Endpoint): string {
  return `${renderEndpoint(endpoint)}${path}`
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
