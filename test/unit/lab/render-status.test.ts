import { describe, expect, it } from 'vitest'
import { renderLabStatus, renderWelcome } from '../../../lab/render-status.ts'
import type { LabStatus } from '../../../lab/status.ts'

const status: LabStatus = {
  name: 'edge',
  folder: '/var/lib/shoal/lab/edge',
  hosts: [
    { name: 'manager', address: '10.77.0.1', pid: 4242, engine: { up: true, version: '20.10' }, sshUp: true },
    { name: 'sensor', address: '10.77.0.2', pid: 4243, engine: null, sshUp: true },
    { name: 'broken', address: '10.77.0.3', pid: null, engine: { up: false, version: null }, sshUp: false },
  ],
  links: [
    {
      id: 'manager',
      kind: 'wlan',
      from: 'manager',
      to: 'switch',
      state: 'up',
      figures: { rateMbit: 20, delayMs: 1.5, jitterMs: 0.5, lossPercent: 1 },
      measured: { roundTripMs: 2.938, bandwidthMbit: 18.04 },
    },
    {
      id: 'broken',
      kind: 'ethernet',
      from: 'broken',
      to: 'switch',
      state: 'dead',
      figures: { rateMbit: 100, delayMs: 0, jitterMs: 0, lossPercent: 0 },
      measured: null,
    },
  ],
}

describe('a lab’s status for a person', () => {
  it('is a table of hosts and a table of links', () => {
    expect(renderLabStatus(status)).toBe(`lab "edge"

HOST     ADDRESS    POWER   PID  SSH   ENGINE
manager  10.77.0.1  on     4242  up    20.10
sensor   10.77.0.2  on     4243  up    none
broken   10.77.0.3  off       -  down  down

LINK              KIND      STATE  ASKED FOR                                   ROUND TRIP    BANDWIDTH
manager - switch  wlan      up     20 Mbit/s, 1.5 ± 0.5 ms each way, 1 % lost     2.94 ms  18.0 Mbit/s
broken - switch   ethernet  dead   100 Mbit/s                                           -            -
`)
  })

  it('says after up what to try', () => {
    expect(renderWelcome(status, 1534)).toContain('lab "edge" is up after 1.5 s\n')
    expect(renderWelcome(status, 1534)).toContain('  shoal lab exec broken -- ssh manager docker version\n')
  })
})
