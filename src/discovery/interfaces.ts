// The addresses by which this machine is on a local network.
import { networkInterfaces } from 'node:os'

/** IPv4 addresses of the interfaces that are up, loopback left out; those of Docker's bridges too, since no manager is behind them. */
export function localAddresses(): readonly string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth|cni|virbr)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
