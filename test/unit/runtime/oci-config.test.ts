import { describe, expect, it } from 'vitest'
import { parseOciConfig, readVariable, renderOciConfig } from '../../../src/runtime/oci-config.ts'

describe('the configuration of a bundle', () => {
  it('keeps numbers that JavaScript cannot hold, digit by digit', () => {
    const text =
      '{"process":{"rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}]},"linux":{"x":-9223372036854775808,"y":0.5}}'
    expect(renderOciConfig(parseOciConfig(text))).toBe(text)
  })

  it('reads the variable that counts, the last, with all after the first equals sign', () => {
    expect(readVariable(['A=1', 'AB=2', 'A=x=y'], 'A')).toBe('x=y')
    expect(readVariable(['AB=2'], 'A')).toBeUndefined()
  })
})
