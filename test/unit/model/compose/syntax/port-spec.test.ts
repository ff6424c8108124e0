import { assert, constantFrom, integer, option, property, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExposedPort, parsePortSpec } from '../../../../../src/model/compose/syntax/port-spec.ts'

/** `127.0.0.1:8001-8001>80/tcp`, as short as a mapping can be written without leaving anything out. */
function mappingsOf(text: string): readonly string[] | string {
  const parsed = parsePortSpec(text)
  if (!parsed.ok) return parsed.problem
  return parsed.ports.map(({ hostIp = '*', hostPorts, containerPort, protocol }) => {
    const host = hostPorts === undefined ? 'any' : `${hostPorts.first}-${hostPorts.last}`
    return `${hostIp} ${host} > ${containerPort}/${protocol}`
  })
}

describe('the short syntax of ports', () => {
  it.each([
    ['3000', ['* any > 3000/tcp']],
    ['3000-3002', ['* any > 3000/tcp', '* any > 3001/tcp', '* any > 3002/tcp']],
    ['8000:8000', ['* 8000-8000 > 8000/tcp']],
    ['9090-9091:8080-8081', ['* 9090-9090 > 8080/tcp', '* 9091-9091 > 8081/tcp']],
    ['8000-9000:80', ['* 8000-9000 > 80/tcp']],
    ['127.0.0.1:8001:8001', ['127.0.0.1 8001-8001 > 8001/tcp']],
    ['127.0.0.1:5000-5001:5000-5001', ['127.0.0.1 5000-5000 > 5000/tcp', '127.0.0.1 5001-5001 > 5001/tcp']],
    ['127.0.0.1::5000', ['127.0.0.1 any > 5000/tcp']],
    ['::1:6000:6000', ['::1 6000-6000 > 6000/tcp']],
    ['[::1]:6001:6001', ['::1 6001-6001 > 6001/tcp']],
    ['6060:6060/udp', ['* 6060-6060 > 6060/udp']],
    ['5683/UDP', ['* any > 5683/udp']],
    ['132/sctp', ['* any > 132/sctp']],
  ])('reads %s', (text, mappings) => {
    expect(mappingsOf(text)).toEqual(mappings)
  })

  it.each([
    ['', 'expected a container port from 1 to 65535 in "", got ""'],
    ['0', 'expected a container port from 1 to 65535 in "0", got "0"'],
    ['65536', 'expected a container port from 1 to 65535 in "65536", got "65536"'],
    ['81-80', 'expected a container port from 1 to 65535 in "81-80", got "81-80"'],
    ['web', 'expected a container port from 1 to 65535 in "web", got "web"'],
    ['0:80', 'expected a device port from 1 to 65535 in "0:80", got "0"'],
    ['127.0.0.1:80', 'expected a device port from 1 to 65535 in "127.0.0.1:80", got "127.0.0.1"'],
    ['host:80:80', 'expected an IP address in "host:80:80", got "host"'],
    ['80:80/icmp', 'expected the protocol tcp, udp or sctp in "80:80/icmp"'],
    ['8000-8001:80-82', 'expected ranges of one length in "8000-8001:80-82", got 2 for 3'],
    ['1-65535', 'expected at most 4096 ports in "1-65535", got 65535'],
  ])('refuses %j', (text, problem) => {
    expect(mappingsOf(text)).toBe(problem)
  })

  it('reads back whatever mapping is written', () => {
    const port = integer({ min: 1, max: 65_535 })
    const mapping = record({
      ip: option(constantFrom('127.0.0.1', '::1', 'fe80::1'), { nil: undefined }),
      host: option(port, { nil: undefined }),
      container: port,
      protocol: constantFrom('tcp', 'udp', 'sctp'),
    })
    assert(
      property(mapping, ({ ip, host, container, protocol }) => {
        const published = ip === undefined ? (host === undefined ? '' : `${host}:`) : `[${ip}]:${host ?? ''}:`
        expect(parsePortSpec(`${published}${container}/${protocol}`)).toEqual({
          ok: true,
          ports: [
            {
              containerPort: container,
              protocol,
              hostIp: ip,
              hostPorts: host === undefined ? undefined : { first: host, last: host },
            },
          ],
        })
      }),
    )
  })

  it('never throws, and never gives a port out of range', () => {
    assert(
      property(string(), (text) => {
        const parsed = parsePortSpec(text)
        for (const { containerPort } of parsed.ok ? parsed.ports : []) {
          expect(containerPort).toBeGreaterThan(0)
          expect(containerPort).toBeLessThan(65_536)
        }
      }),
    )
  })
})

describe('the syntax of expose', () => {
  it.each([
    ['3000', [{ port: 3000, protocol: 'tcp' }]],
    ['5683/udp', [{ port: 5683, protocol: 'udp' }]],
    ['80-81/tcp', [80, 81].map((port) => ({ port, protocol: 'tcp' }))],
  ])('reads %s', (text, ports) => {
    expect(parseExposedPort(text)).toEqual({ ok: true, ports })
  })

  it('refuses a device port', () => {
    expect(parseExposedPort('80:80')).toEqual({
      ok: false,
      problem: 'expected a container port from 1 to 65535, got "80:80"',
    })
  })
})
