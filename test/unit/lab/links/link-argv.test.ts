import { describe, expect, it } from 'vitest'
import type { Wire } from '../../../../lab/links/link-kind.ts'
import { vdeSwitchArgs, wirefilterArgs } from '../../../../lab/links/vde.ts'
import { tbfArgs, vethArgs } from '../../../../lab/links/veth.ts'
import { netemArgs } from '../../../../lab/links/wlan.ts'

const wire: Wire = {
  id: 'worker1',
  near: { pid: 11, interfaceName: 'wlan0' },
  far: { pid: 22, interfaceName: 'port3' },
  figures: { rateMbit: 20, delayMs: 1.5, jitterMs: 0.5, lossPercent: 0.5 },
}

describe('the words that lay a wire', () => {
  it('make both ends of a veth pair in their own namespaces', () => {
    expect(vethArgs(wire).join(' ')).toBe(
      'nsenter --net=/proc/11/ns/net -- ip link add wlan0 type veth peer name port3 netns 22',
    )
  })

  it('hold a rate with a bucket of what leaves between two ticks of the clock, 32 KiB at least', () => {
    expect(tbfArgs({ rateMbit: 100 }).join(' ')).toBe('tbf rate 100mbit burst 50000b latency 50ms')
    expect(tbfArgs({ rateMbit: 1 }).join(' ')).toBe('tbf rate 1mbit burst 32768b latency 50ms')
    expect(tbfArgs({ rateMbit: 1000 }).join(' ')).toBe('tbf rate 1000mbit burst 500000b latency 50ms')
  })

  it('give netem delay, spread, loss and rate', () => {
    expect(netemArgs(wire.figures).join(' ')).toBe(
      'netem delay 1.5ms 0.215ms distribution normal loss 0.5% rate 20mbit',
    )
  })

  it('give netem no spread where there is none', () => {
    expect(netemArgs({ ...wire.figures, jitterMs: 0 })).not.toContain('distribution')
    expect(netemArgs({ ...wire.figures, delayMs: 0 })).not.toContain('distribution')
  })

  it('put a tap into the host’s network and its socket into the switch’s /run', () => {
    expect(vdeSwitchArgs(wire.near, '/run/worker1.near', 33).join(' ')).toBe(
      'nsenter --mount=/proc/33/ns/mnt --pid=/proc/33/ns/pid --net=/proc/11/ns/net -- vde_switch -daemon -tap wlan0 -sock /run/worker1.near -mod 700',
    )
  })

  it('give wirefilter the same in its own units', () => {
    expect(wirefilterArgs(wire, 33).slice(4).join(' ')).toBe(
      'wirefilter --daemon --mgmt /run/worker1.management --vde-plug /run/worker1.near:/run/worker1.far --delay 1.5+0.5N --loss 0.5 --band 2500000 --chanbufsize 128750',
    )
  })
})
