// What Swarm does not carry of a published port.
import type { PortMapping } from '../../../application.ts'

/** @returns why Swarm cannot publish one of them, or undefined */
export function whySwarmCannotPublish(mappings: readonly PortMapping[]): string | undefined {
  for (const { hostIp, hostPorts, containerPort } of mappings) {
    if (hostIp !== undefined && hostIp !== '0.0.0.0')
      return `cluster mode does not honour the address ${hostIp}: Swarm binds every address of a node; leave it out`
    if (hostPorts !== undefined && hostPorts.first !== hostPorts.last) {
      const range = `${hostPorts.first}-${hostPorts.last}`
      return `cluster mode does not honour ${range} to choose from for ${containerPort}: Swarm takes one port; without any the Engine chooses one`
    }
  }
  return undefined
}
