import { describe, expect, it } from 'vitest'
import { listsLingering } from '../../../src/pair/lingering.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

/** A row of /proc/net/tcp as the kernel writes it. */
function row(remote: string, state: string): string {
  return `   0: 04004D0A:B9C2 ${remote} ${state} 00000030:00000000 01:0000017A 00000003     0        0 0 2 0000000000000000 200 4 30 10 -1\n`
}

describe('an ended connection that still sends', () => {
  it.each([
    ['FIN_WAIT1', '04', true],
    ['LAST_ACK', '09', true],
    ['CLOSING', '0B', true],
    ['ESTABLISHED: somebody else’s', '01', false],
    ['FIN_WAIT2: all is delivered', '05', false],
    ['TIME_WAIT', '06', false],
  ])('%s', (_name, state, lingers) => {
    expect(listsLingering(head + row('02004D0A:0016', state), '10.77.0.2')).toBe(lingers)
  })

  it('counts only connections to that address', () => {
    expect(listsLingering(head + row('02004D0A:0016', '04'), '10.77.0.3')).toBe(false)
  })

  it('knows IPv6 addresses in every spelling', () => {
    const table = head + row('000000FD000000000000000007000000:0016', '04')
    expect(listsLingering(table, 'fd00::7')).toBe(true)
    expect(listsLingering(table, 'fd00:0:0:0::7%eth0')).toBe(true)
    expect(listsLingering(table, 'fd00::8')).toBe(false)
  })

  it('finds nothing under a name', () => {
    expect(listsLingering(head + row('02004D0A:0016', '04'), 'worker1')).toBe(false)
  })
})
