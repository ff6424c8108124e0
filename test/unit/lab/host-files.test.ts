import { describe, expect, it } from 'vitest'
import {
  renderAuthorizedKeys,
  renderDaemonSettings,
  renderKnownHosts,
  renderSshdConfig,
} from '../../../lab/host-files.ts'
import { parseTopology } from '../../../lab/topology.ts'
import { planWires } from '../../../lab/wire-plan.ts'

const keys = new Map([
  ['a', { machine: 'ssh-ed25519 MACHINE-A root@a\n', root: 'ssh-ed25519 ROOT-A root@a\n' }],
  ['b', { machine: 'ssh-ed25519 MACHINE-B root@b\n', root: 'ssh-ed25519 ROOT-B root@b\n' }],
])

function hostOf(yaml: string) {
  const [host] = parseTopology(`hosts: [${yaml}]`, 'the test').hosts
  if (host === undefined) throw new Error('no host')
  return host
}

describe('the files of a host', () => {
  it('let the root of every host in', () => {
    expect(renderAuthorizedKeys(keys)).toBe('ssh-ed25519 ROOT-A root@a\nssh-ed25519 ROOT-B root@b\n')
  })

  it('know every host by all its names and addresses', () => {
    const topology = parseTopology(
      'hosts: [{name: a}, {name: b}]\nlinks: [{kind: ethernet, hosts: [a]}, {kind: direct, between: [a, b]}]',
      'the test',
    )
    expect(renderKnownHosts(topology, planWires(topology), keys)).toBe(
      [
        'a,a-direct,10.77.0.1,10.78.0.1 ssh-ed25519 MACHINE-A',
        'b,b-direct,10.78.0.2 ssh-ed25519 MACHINE-B',
        '',
      ].join('\n'),
    )
  })

  it('let nobody in by a password, and leave sshd’s limits alone', () => {
    const config = renderSshdConfig('/bin')
    expect(config).toContain('PasswordAuthentication no\n')
    expect(config).toContain('KbdInteractiveAuthentication no\n')
    expect(config).not.toMatch(/MaxSessions|MaxStartups/)
  })

  it('have no daemon.json where there is nothing to set', () => {
    expect(renderDaemonSettings(hostOf('{name: a}'))).toBeUndefined()
  })

  it('add the arch to the labels of the engine', () => {
    const text = renderDaemonSettings(
      hostOf('{name: a, arch: arm64, daemon: {debug: true, labels: [room=2]}}'),
    )
    expect(JSON.parse(text ?? '')).toEqual({ debug: true, labels: ['room=2', 'arch=arm64'] })
  })
})
