import { describe, expect, it } from 'vitest'
import { parseCoapUri } from '../../../src/coap/uri.ts'

describe('parseCoapUri', () => {
  it.each([
    ['coap://example.net/', { host: 'example.net', family: 0, port: 5683, path: [], query: [] }],
    ['coap://example.net', { path: [] }],
    ['coap://EXAMPLE.com:5683/~sensors/temp.xml', { host: 'example.com', path: ['~sensors', 'temp.xml'] }],
    ['COAP://example.com:/%7Esensors/temp.xml', { port: 5683, path: ['~sensors', 'temp.xml'] }],
    [
      'coap://198.51.100.1:61616//%2F//?%2F%2F&?%26',
      { host: '198.51.100.1', family: 4, port: 61616, path: ['', '/', '', ''], query: ['//', '?&'] },
    ],
    ['coap://[2001:db8::2:1]/', { host: '2001:db8::2:1', family: 6 }],
    ['coap://[FE80::1%25eth0]:5684/a', { host: 'fe80::1%eth0', family: 6, port: 5684 }],
    ['coap://[fe80::1%eth0]/a', { host: 'fe80::1%eth0' }],
    ['coap://[::ffff:10.0.0.1]/a', { host: '10.0.0.1', family: 4 }],
    ['coap://h/%E3%81%93%E3%82%93', { path: ['こん'] }],
    ['coap://xn--18j4d.example/?rt=light&if=', { query: ['rt=light', 'if='] }],
    ['coap://h/a/./b/../c', { path: ['a', 'c'] }],
    ['coap://h/a/..', { path: [] }],
    ['coap://h/a/b/.', { path: ['a', 'b', ''] }],
    ['coap://h/a?', { path: ['a'], query: [''] }],
  ])('takes %s apart (RFC 7252 §6.4)', (uri, parts) => {
    expect(parseCoapUri(uri)).toMatchObject(parts)
  })

  it.each([
    ['not a uri', /is no absolute URI/],
    ['', /is no absolute URI/],
    ['/average', /is no absolute URI/],
    ['http://h/', /the scheme is http, only coap is spoken/],
    ['coaps://h/', /the scheme is coaps/],
    ['coap:///a', /names no host/],
    ['coap:a', /is no absolute URI/],
    ['coap://user@h/', /has no user/],
    ['coap://h/#top', /has no fragment/],
    ['coap://h:0/', /the port is 0, not 1 to 65535/],
    ['coap://h:65536/', /the port is 65536/],
    ['coap://h:56x/', /the port is 56x/],
    ['coap://[::1', /is no absolute URI/],
    ['coap://[::zz]/', /\[::zz\] is no IPv6 address/],
    ['coap://300.1.1.1/', /300.1.1.1 is no IPv4 address/],
    ['coap://10.0.0/', /10.0.0 is no IPv4 address/],
    ['coap://h/%zz', /a path segment has a %/],
    ['coap://h/%ff', /a path segment has a %/],
    [`coap://h/${'a'.repeat(256)}`, /a path segment is longer than 255 bytes/],
    [`coap://h/?${'é'.repeat(128)}`, /an argument is longer than 255 bytes/],
  ])('refuses %s', (uri, reason) => {
    expect(() => parseCoapUri(uri)).toThrow(
      expect.objectContaining({ kind: 'bad-uri', message: expect.stringMatching(reason) }),
    )
  })
})
