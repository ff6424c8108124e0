import { describe, expect, it } from 'vitest'
import { aService, complaints } from './reading.ts'

const wellKnownCore = '/.well-known/core'

describe('where a service answers CoAP', () => {
  it.each([
    ['ports: ["5683/udp"]', 5683],
    ['ports: ["9000:5683/udp", "7000:7000/udp"]', 5683],
    ['ports: [{target: 5700, protocol: udp, app_protocol: coap}]', 5700],
    ['ports: ["5683/udp", {target: 5700, protocol: udp, app_protocol: coap}]', 5700],
    ['ports: ["5683/udp", "5690/udp"]\nx-shoal: {coap: {port: 5690}}', 5690],
    ['network_mode: host\nexpose: ["5683/udp"]', 5683],
    ['network_mode: host\nx-shoal: {coap: {port: 5690}}', 5690],
  ])('is told by %j', (keys, port) => {
    expect(aService(keys).coap).toEqual({ port, path: wellKnownCore })
  })

  it.each([
    ['', 'it publishes nothing'],
    ['ports: ["5683:5683"]', 'TCP is not UDP'],
    ['ports: ["8555/udp"]', 'another UDP port may carry anything'],
    ['ports: ["5683:80/udp"]', 'the port of the container counts'],
    ['expose: ["5683/udp"]', 'no client reaches it'],
    ['network_mode: none\nexpose: ["5683/udp"]', 'no client reaches it'],
    ['ports: ["5683/udp"]\nx-shoal: {coap: false}', 'it says so'],
  ])('is nowhere with %j: %s', (keys) => {
    expect(aService(keys).coap.port).toBeUndefined()
  })

  it('has the path that the service names', () => {
    expect(aService('ports: ["5683/udp"]\nx-shoal: {coap: {path: /health}}').coap).toEqual({
      port: 5683,
      path: '/health',
    })
  })

  it.each([
    [
      'x-shoal: {coap: {port: 5683}}',
      'x-shoal.coap.port: no client reaches 5683/udp: publish it with ports: ["5683/udp"]',
    ],
    [
      'ports: ["5683:5683/tcp"]\nx-shoal: {coap: {port: 5683}}',
      'x-shoal.coap.port: no client reaches 5683/udp: publish it with ports: ["5683/udp"]',
    ],
    ['x-shoal: {coap: {path: /health}}', 'x-shoal.coap.path: no port answers CoAP: give port too'],
    [
      'x-shoal: {coap: {path: health}}',
      'x-shoal.coap.path: expected a path that begins with /, got "health"',
    ],
    ['x-shoal: {coap: true}', 'x-shoal.coap: expected a map, got true'],
    [
      'x-shoal: {coap: {port: 0}}',
      'x-shoal.coap.port: expected a whole number from 1 to 65535, got the number 0',
    ],
  ])('is refused when no client gets there: %s', (keys, complaint) => {
    expect(complaints(keys)).toEqual([complaint])
  })
})
