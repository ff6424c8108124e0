import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  cpuShares,
  parseCpuTicks,
  parseLoad,
  parseNetworkBytes,
  parseUsedMemory,
} from '../../../src/telemetry/proc-files.ts'

describe('/proc/stat', () => {
  it('gives shares of all CPUs between two looks, waiting for disks apart', () => {
    const before = parseCpuTicks('cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1')
    const now = parseCpuTicks('cpu  140 10 60 850 70 5 5 10 7 7')
    if (before === undefined || now === undefined) throw new Error('not read')
    // 150 ticks passed: 50 for users, 20 for the system, 20 waiting, 50 idle, 10 stolen.
    const shares = cpuShares(before, now)
    expect(shares?.user).toBeCloseTo(50 / 150)
    expect(shares?.system).toBeCloseTo(20 / 150)
    expect(shares?.wait).toBeCloseTo(20 / 150)
    expect(shares?.all).toBeCloseTo(70 / 150)
  })

  it('knows no share where no time passed or counters went back', () => {
    const ticks = parseCpuTicks('cpu 1 1 1 10 1 1 1 1')
    if (ticks === undefined) throw new Error('not read')
    expect(cpuShares(ticks, ticks)).toBeUndefined()
    expect(cpuShares(ticks, { ...ticks, idle: 5, total: ticks.total + 10 })).toBeUndefined()
  })

  it.each(['', 'cpu', 'cpu a b c d', 'intr 1'])('is not read from %j', (text) => {
    expect(parseCpuTicks(text)).toBeUndefined()
  })
})

it('reads the rest as the kernel of this machine writes it', () => {
  expect(parseLoad(readFileSync('/proc/loadavg', 'utf8'))).toHaveLength(3)
  const used = parseUsedMemory(readFileSync('/proc/meminfo', 'utf8')) ?? 0
  expect(used).toBeGreaterThan(1e6)
  expect(parseCpuTicks(readFileSync('/proc/stat', 'utf8'))?.total).toBeGreaterThan(0)
})

it('adds the bytes of the interfaces that lead out, those of containers once', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
    lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0
  eth0:     100 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0
 wlan0:7 1 0 0 0 0 0 0 3 1 0 0 0 0 0 0
docker0: 90 1 0 0 0 0 0 0 90 1 0 0 0 0 0 0
br-0123456789ab: 90 1 0 0 0 0 0 0 90 1 0 0 0 0 0 0
veth1a2b3c4: 90 1 0 0 0 0 0 0 90 1 0 0 0 0 0 0
lowpan0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
`
  expect(parseNetworkBytes(text)).toEqual({ received: 1107, sent: 2053 })
})

it('says nothing of what it cannot read', () => {
  expect(parseLoad('')).toBeUndefined()
  expect(parseUsedMemory('MemTotal: 7 kB')).toBeUndefined()
})
