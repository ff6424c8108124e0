import { describe, expect, it } from 'vitest'
import { parseModes } from '../../../../src/pair/claims/read-inventory.ts'

describe('owner, group and mode of files', () => {
  it('are read from the lines that say them, and from no others', () => {
    const output = [
      'A\t/dev/gpiochip0\t0\t997\t660',
      'N\t/dev/null\t1\t3',
      'A\t/dev/x\t0\t0\t1600',
      'A\t/dev/y\t',
      'E',
    ].join('\n')
    expect([...parseModes(output)]).toEqual([
      ['/dev/gpiochip0', { uid: 0, gid: 997, mode: 0o660 }],
      ['/dev/x', { uid: 0, gid: 0, mode: 0o600 }],
    ])
  })
})
