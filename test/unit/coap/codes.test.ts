import { expect, it } from 'vitest'
import { Code, describeCode, formatCode, methodName } from '../../../src/coap/codes.ts'

it('writes codes as class and detail (RFC 7252 §3)', () => {
  expect(
    [Code.Empty, Code.Get, Code.Content, Code.Continue, Code.NotFound, Code.ProxyingNotSupported].map(
      formatCode,
    ),
  ).toEqual(['0.00', '0.01', '2.05', '2.31', '4.04', '5.05'])
  expect(describeCode(Code.RequestEntityTooLarge)).toBe('4.13 RequestEntityTooLarge')
  expect(describeCode(0x9f)).toBe('4.31')
  expect([Code.Put, Code.IPatch, 0x1f].map(methodName)).toEqual(['PUT', 'IPATCH', '0.31'])
})
