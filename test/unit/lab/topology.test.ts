import { describe, expect, it } from 'vitest'
import { defaultTopology, parseTopology } from '../../../lab/topology.ts'
import { ShoalError } from '../../../src/model/errors.ts'

/** The reason of the refusal, without its first line. */
function problemsOf(yaml: string): readonly string[] {
  try {
    parseTopology(yaml, 'lab.yaml')
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    expect(error.code).toBe('TOPOLOGY_INVALID')
    return error.reason
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
  return []
}

describe('a topology', () => {
  it('is four hosts with engines on one switch by default', () => {
    const { name, hosts, links } = defaultTopology()
    expect(name).toBe('edge')
    expect(hosts.map((host) => [host.name, host.engine, host.address])).toEqual([
      ['manager', true, '10.77.0.1'],
      ['worker1', true, '10.77.0.2'],
      ['worker2', true, '10.77.0.3'],
      ['client', true, '10.77.0.4'],
    ])
    expect(links).toEqual([
      {
        kind: 'ethernet',
        hosts: ['manager', 'worker1', 'worker2', 'client'],
        figures: { rateMbit: 100, delayMs: 0, jitterMs: 0, lossPercent: 0 },
      },
    ])
  })

  it('gives hosts without an address the lowest that no other asks for', () => {
    const { hosts } = parseTopology(
      'hosts: [{name: a}, {name: b, address: 10.77.0.1}, {name: c}]',
      'lab.yaml',
    )
    expect(hosts.map(({ address }) => address)).toEqual(['10.77.0.2', '10.77.0.1', '10.77.0.3'])
  })

  it('keeps what it says of hosts and links', () => {
    const { name, subnet, hosts, links } = parseTopology(
      `
name: farm
subnet: 192.168.7.0/28
hosts:
  - { name: board, cpus: 0.5, memoryMiB: 256, arch: arm64, daemon: { debug: true } }
  - { name: radio, engine: false }
links:
  - { kind: wlan, hosts: [radio], delayMs: 10, lossPercent: 2.5 }
  - { kind: direct, between: [board, radio], rateMbit: 10 }
`,
      'lab.yaml',
    )
    expect([name, subnet]).toEqual(['farm', '192.168.7.0/28'])
    expect(hosts).toEqual([
      {
        name: 'board',
        kind: 'namespaces',
        engine: true,
        daemon: { debug: true },
        cpus: 0.5,
        memoryMiB: 256,
        arch: 'arm64',
        address: '192.168.7.1',
      },
      {
        name: 'radio',
        kind: 'namespaces',
        engine: false,
        daemon: {},
        cpus: undefined,
        memoryMiB: undefined,
        arch: undefined,
        address: '192.168.7.2',
      },
    ])
    expect(links.map(({ figures }) => figures)).toEqual([
      { rateMbit: 20, delayMs: 10, jitterMs: 0.5, lossPercent: 2.5 },
      { rateMbit: 10, delayMs: 0, jitterMs: 0, lossPercent: 0 },
    ])
  })
})

describe('a topology with problems', () => {
  it.each([
    ['nothing in it', '', '(the file): expected a mapping with name, subnet, hosts, links, got nothing'],
    ['no hosts', 'name: edge', '(the file): a topology needs hosts (line 1)'],
    ['an empty list of hosts', 'hosts: []', 'hosts: expected one host or more (line 1)'],
    [
      'a list in place of a mapping',
      'hosts:\n  - [a]',
      'hosts[0]: expected a mapping with name, kind, engine, daemon, cpus, memoryMiB, arch, address, got a list (line 2)',
    ],
    ['a host without a name', 'hosts:\n  - engine: true', 'hosts[0]: a host needs a name (line 2)'],
    [
      'an unknown key',
      'hosts:\n  - name: a\n    cpu: 1',
      'hosts[0].cpu: unknown key "cpu"; did you mean "cpus"? (line 3)',
    ],
    [
      'a duplicate host',
      'hosts: [{name: a}, {name: a}]',
      'hosts[1].name: duplicate host "a", first at hosts[0].name (line 1)',
    ],
    [
      'a name with capitals',
      'hosts: [{name: Pi}]',
      'hosts[0].name: "Pi" is no host name: lower-case letters, digits and dashes, a letter first, at most 32 (line 1)',
    ],
    [
      'a name that means something else',
      'hosts: [{name: switch}]',
      'hosts[0].name: "switch" has a meaning already (line 1)',
    ],
    [
      'no processor time',
      'hosts: [{name: a, cpus: 0}]',
      'hosts[0].cpus: expected a number from 0.05 to 1024, got 0 (line 1)',
    ],
    [
      'half a mebibyte',
      'hosts: [{name: a, memoryMiB: 64.5}]',
      'hosts[0].memoryMiB: expected an integer from 64 to 1048576, got 64.5 (line 1)',
    ],
    [
      'yes for true',
      'hosts: [{name: a, engine: "yes"}]',
      'hosts[0].engine: expected true or false, got "yes" (line 1)',
    ],
    [
      'settings for no engine',
      'hosts: [{name: a, engine: false, daemon: {debug: true}}]',
      'hosts[0].daemon: the host has no engine to set (line 1)',
    ],
    [
      'an address that is none',
      'hosts: [{name: a, address: 10.77.0.256}]',
      'hosts[0].address: "10.77.0.256" is no IPv4 address (line 1)',
    ],
    [
      'an address elsewhere',
      'hosts: [{name: a, address: 10.78.0.1}]',
      "hosts[0].address: 10.78.0.1 is outside of the subnet's 10.77.0.1 to 10.77.0.253 (line 1)",
    ],
    [
      'the address of the switch',
      'hosts: [{name: a, address: 10.77.0.254}]',
      "hosts[0].address: 10.77.0.254 is the switch's own address (line 1)",
    ],
    [
      'an address clash',
      'hosts: [{name: a, address: 10.77.0.9}, {name: b, address: 10.77.0.9}]',
      'hosts[1].address: address clash: 10.77.0.9 is taken by hosts[0].address (line 1)',
    ],
    [
      'more hosts than addresses',
      'subnet: 10.1.1.0/30\nhosts: [{name: a}, {name: b}]',
      'hosts: the subnet has no address left for "b" (line 2)',
    ],
    [
      'a subnet with host bits',
      'subnet: 10.77.0.1/24\nhosts: [{name: a}]',
      'subnet: "10.77.0.1/24" is no subnet such as 10.77.0.0/24 (line 1)',
    ],
    [
      'the subnet of the cables',
      'subnet: 10.0.0.0/8\nhosts: [{name: a}]',
      'subnet: 10.0.0.0/8 overlaps 10.78.0.0/16, which cables take their addresses from (line 1)',
    ],
    [
      'an unknown link kind',
      'hosts: [{name: a}]\nlinks: [{kind: wifi, hosts: [a]}]',
      'links[0].kind: unknown link kind "wifi"; known: ethernet, direct, wlan (line 2)',
    ],
    [
      'a link without a kind',
      'hosts: [{name: a}]\nlinks: [{hosts: [a]}]',
      'links[0]: a link needs a kind: ethernet, direct, wlan (line 2)',
    ],
    [
      'a host that is not there',
      'hosts: [{name: worker1}]\nlinks: [{kind: ethernet, hosts: [worker1, worker]}]',
      'links[0].hosts[1]: no host "worker"; did you mean "worker1"? (line 2)',
    ],
    [
      'a host on the switch twice',
      'hosts: [{name: a}]\nlinks: [{kind: ethernet, hosts: [a]}, {kind: wlan, hosts: [a]}]',
      'links[1].hosts[0]: host "a" is on the switch already, by links[0].hosts[0] (line 2)',
    ],
    [
      'a host on no link',
      'hosts: [{name: a}, {name: b}]\nlinks: [{kind: ethernet, hosts: [a]}]',
      'links: host "b" is on no link (line 2)',
    ],
    [
      'a cable with three ends',
      'hosts: [{name: a}, {name: b}, {name: c}]\nlinks: [{kind: direct, between: [a, b, c]}]',
      'links[0].between: expected two hosts, got 3 (line 2)',
    ],
    [
      'a cable to itself',
      'hosts: [{name: a}]\nlinks: [{kind: direct, between: [a, a]}]',
      'links[0].between: a cable from "a" to itself (line 2)',
    ],
    [
      'two cables between two hosts',
      'hosts: [{name: a}, {name: b}]\nlinks: [{kind: direct, between: [a, b]}, {kind: direct, between: [b, a]}]',
      'links[1].between: "b" and "a" are joined already, by links[0].between (line 2)',
    ],
    [
      'a cable with a list of hosts',
      'hosts: [{name: a}, {name: b}]\nlinks: [{kind: ethernet, hosts: [a, b]}, {kind: direct, hosts: [a, b]}]',
      'links[1].hosts: a link of kind direct names its hosts under "between" (line 2)',
    ],
    [
      'delay on Ethernet',
      'hosts: [{name: a}]\nlinks: [{kind: ethernet, hosts: [a], delayMs: 3}]',
      'links[0].delayMs: a link of kind ethernet takes rateMbit only (line 2)',
    ],
    [
      'more loss than a link can have',
      'hosts: [{name: a}]\nlinks: [{kind: wlan, hosts: [a], lossPercent: 100}]',
      'links[0].lossPercent: expected a number from 0 to 90, got 100 (line 2)',
    ],
    ['a key twice', 'hosts: [{name: a}]\nhosts: [{name: b}]', 'line 2, column 1: Map keys must be unique'],
  ])('refuses %s', (_, yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem])
  })

  it('reports all of them at once, in one error that says nothing was started', () => {
    const yaml = 'nam: x\nhosts: [{name: a, cpus: -1}, {name: a}]\nlinks: [{kind: wlam, hosts: [a]}]'
    expect(problemsOf(yaml)).toHaveLength(4)
    expect(() => parseTopology(yaml, 'lab.yaml')).toThrow(
      'read, the topology, lab.yaml: 4 problems; nothing was started',
    )
  })
})
