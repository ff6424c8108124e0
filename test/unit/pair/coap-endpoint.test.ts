import { describe, expect, it } from 'vitest'
import { coapEndpoint, probeUri } from '../../../src/pair/coap-endpoint.ts'

const binding = { containerPort: 5683, protocol: 'udp', hostIp: '0.0.0.0', hostPort: 32_768 }
const published = { coapPort: 5683, isHostNetwork: false, ports: [binding] }

describe('where an instance answers CoAP', () => {
  it('is the device’s address and the published port', () => {
    expect(coapEndpoint(published, '10.0.0.2')).toEqual({ host: '10.0.0.2', port: 32_768 })
  })

  it('is the container’s port in the device’s own network', () => {
    const exposure = { coapPort: 5683, isHostNetwork: true, ports: [] }
    expect(coapEndpoint(exposure, '10.0.0.2')).toEqual({ host: '10.0.0.2', port: 5683 })
  })

  it('is the port of the family in which the device is reached', () => {
    const ports = [binding, { ...binding, hostIp: '::', hostPort: 40_000 }]
    expect(coapEndpoint({ ...published, ports }, '10.0.0.2')?.port).toBe(32_768)
    expect(coapEndpoint({ ...published, ports }, 'fd00::2')?.port).toBe(40_000)
  })

  it('is the address that the port is bound to, where it is bound to one', () => {
    const ports = [{ ...binding, hostIp: '192.168.4.1' }]
    expect(coapEndpoint({ ...published, ports }, '10.0.0.2')?.host).toBe('192.168.4.1')
  })

  it.each([
    ['the service has no CoAP', { ...published, coapPort: undefined }],
    ['nothing is published', { ...published, ports: [] }],
    ['the port is published for TCP', { ...published, ports: [{ ...binding, protocol: 'tcp' }] }],
    ['only the device itself can reach it', { ...published, ports: [{ ...binding, hostIp: '127.0.0.1' }] }],
  ])('is nowhere when %s', (_case, exposure) => {
    expect(coapEndpoint(exposure, '10.0.0.2')).toBeUndefined()
  })

  it('is asked for its resource', () => {
    expect(probeUri({ path: '/status' }, { host: 'fd00::2', port: 40_000 })).toBe(
      'coap://[fd00::2]:40000/status',
    )
  })
})
