import { describe, expect, it } from 'vitest'
import { renderHosts } from '../../../lab/host-files.ts'
import { parseTopology } from '../../../lab/topology.ts'
import { addressOf, endsOf, planWires, wiresOf } from '../../../lab/wire-plan.ts'

const topology = parseTopology(
  `
hosts: [{name: a}, {name: b}, {name: c}]
links:
  - { kind: direct, between: [a, c] }
  - { kind: direct, between: [b, a] }
  - { kind: ethernet, hosts: [a] }
  - { kind: wlan, hosts: [b] }
`,
  'the test',
)
const wires = planWires(topology)

describe('the wires of a topology', () => {
  it('are one for each host on the switch, and one for each cable', () => {
    expect(wires.map(({ id, kind, near, far }) => [id, kind, near.host, far.host])).toEqual([
      ['a_c', 'direct', 'a', 'c'],
      ['b_a', 'direct', 'b', 'a'],
      ['a', 'ethernet', 'a', undefined],
      ['b', 'wlan', 'b', undefined],
    ])
  })

  it('end in interfaces that are numbered for each host and sort', () => {
    const named = (host: string) => endsOf(host, wires).map(({ interfaceName }) => interfaceName)
    expect([named('a'), named('b'), named('c')]).toEqual([
      ['eth2', 'eth0', 'eth1'],
      ['wlan0', 'eth0'],
      ['eth0'],
    ])
  })

  it('end in ports of the switch that differ, against whose one address they are measured', () => {
    const ports = wires.flatMap(({ far }) => (far.host === undefined ? [far] : []))
    expect(ports).toEqual([
      { host: undefined, interfaceName: 'port0', address: '10.77.0.254' },
      { host: undefined, interfaceName: 'port1', address: '10.77.0.254' },
    ])
  })

  it('give each cable a subnet of its own', () => {
    const cables = wires.filter(({ kind }) => kind === 'direct')
    expect(cables.map(({ near, far }) => [near.address, far.address, near.prefixLength])).toEqual([
      ['10.78.0.1', '10.78.0.2', 30],
      ['10.78.0.5', '10.78.0.6', 30],
    ])
  })

  it('make a host known by its address on the switch, or else by that on its first cable', () => {
    expect(['a', 'b', 'c'].map((host) => addressOf(host, wires))).toEqual([
      '10.77.0.1',
      '10.77.0.2',
      '10.78.0.2',
    ])
    expect(wiresOf('a', wires).map(({ id }) => id)).toEqual(['a', 'a_c', 'b_a'])
  })

  it('have hardware addresses that differ from each other and are the same in the next plan', () => {
    const addresses = ['a', 'b', 'c'].flatMap((host) => endsOf(host, wires).map((end) => end.hardwareAddress))
    expect(new Set(addresses).size).toBe(addresses.length)
    expect(addresses.every((address) => /^02(:[0-9a-f]{2}){5}$/.test(address))).toBe(true)
    expect(planWires(topology)).toEqual(wires)
  })
})

describe('/etc/hosts of a host', () => {
  it('leads over the switch where both are on it, and has the cable under a name of its own', () => {
    expect(renderHosts('a', topology, wires)).toBe(
      [
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost',
        '10.77.0.1\ta',
        '10.77.0.2\tb',
        '10.78.0.5\tb-direct',
        '10.78.0.2\tc c-direct',
        '',
      ].join('\n'),
    )
  })

  it('leads over the cable where that is the only way', () => {
    expect(renderHosts('c', topology, wires)).toContain('10.78.0.1\ta a-direct\n')
  })
})
