// The addresses by which this machine is on a local network.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/**
 * Bridges and cables that container programs make: nobody but containers is behind them. Docker names its own bridges `br-` and twelve
 * digits; `br-lan` is an access point's network.
 */
const ofContainers = /^(docker\d*|docker_gwbridge|br-[0-9a-f]{12}|veth.*|cni.*|virbr.*|lxcbr.*|podman\d*)$/

/** IPv4 addresses of the interfaces that are up, loopback and what container programs make left out. */
export function localAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>> = networkInterfaces(),
): readonly string[] {
  return Object.entries(interfaces)
    .filter(([name]) => !ofContainers.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
