// Keys of a service: how it is reached, and whom it reaches.

import { readFilledText, readHonoured, readList, readOneOrMore } from '../read-value.ts'
import { honoured, type Rule } from '../section.ts'
import type { ServiceDraft } from '../service-draft.ts'
import { readExtraHosts } from './extra-hosts.ts'
import { namespaceSharing } from './namespace-sharing.ts'
import { portSection, readExposed, readIpAddress, readPorts } from './ports.ts'

export const networkKeys: Readonly<Record<string, Rule<ServiceDraft>>> = {
  network_mode: honoured(
    'bridge, host or none; left out, the application’s own network on each device, where services have their names; service:… and container:… are refused',
    'network',
    readHonoured(['bridge', 'host', 'none'], namespaceSharing),
  ),
  ports: honoured(
    'ports that the device publishes, short or long syntax, ranges; without a device port the Engine chooses one',
    'ports',
    readPorts,
    { '[]': portSection },
  ),
  expose: honoured('ports that other services on the device reach, and nobody else', 'exposed', readExposed),
  dns: honoured('addresses of name servers', 'dnsServers', readOneOrMore(readIpAddress)),
  dns_search: honoured('search domains', 'dnsSearch', readOneOrMore(readFilledText)),
  dns_opt: honoured('options of the resolver', 'dnsOptions', readList(readFilledText, { unique: true })),
  extra_hosts: honoured('lines of /etc/hosts; host-gateway is the device', 'extraHosts', readExtraHosts),
}
