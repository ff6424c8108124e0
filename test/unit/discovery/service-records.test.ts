import fc from 'fast-check'
import type { QueryPacket, ResponsePacket } from 'multicast-dns'
import { describe, expect, it } from 'vitest'
import { serviceType } from '../../../src/discovery/found-manager.ts'
import {
  type AnnouncedManager,
  answer,
  readManagers,
  renderRecords,
} from '../../../src/discovery/service-records.ts'

const manager: AnnouncedManager = {
  name: 'ap.attic',
  address: '10.0.0.1',
  coapPort: 5683,
  httpPort: 8480,
  joinPort: 8481,
  fingerprintPrefix: '0123456789abcdef',
}
const found = {
  coap: { host: '10.0.0.1', port: 5683 },
  fingerprintPrefix: '0123456789abcdef',
  httpPort: 8480,
  joinPort: 8481,
}
const asks = (name: string, type: string) =>
  ({ questions: [{ name, type }] }) as unknown as Pick<QueryPacket, 'questions'>
const packet = (answers: readonly object[], additionals: readonly object[] = []) =>
  ({ answers, additionals }) as unknown as ResponsePacket

describe('a manager in DNS-SD', () => {
  it('is read as it was rendered', () => {
    const { answers, additionals } = answer(asks(serviceType, 'PTR'), renderRecords(manager)) ?? {}
    expect(answers?.map(({ type }) => type)).toEqual(['PTR'])
    expect(additionals?.map(({ type }) => type)).toEqual(['SRV', 'TXT', 'A'])
    expect(readManagers(packet(answers ?? [], additionals))).toEqual([found])
  })

  it('answers in whatever case it is asked, for each of its records and for all at once', () => {
    const records = renderRecords(manager)
    expect(answer(asks('_SHOAL._udp.LOCAL', 'ANY'), records)?.answers).toHaveLength(1)
    expect(answer(asks('ap-attic._shoal._udp.local', 'SRV'), records)?.answers).toHaveLength(1)
    expect(answer(asks('shoal-0123456789abcdef.local', 'A'), records)?.answers).toHaveLength(1)
    expect(answer(asks('_services._dns-sd._udp.local', 'PTR'), records)?.answers).toHaveLength(1)
  })

  it('keeps silent about what is not its own, the host’s name above all', () => {
    const records = renderRecords(manager)
    for (const name of ['ap.local', 'ap-attic.local', '_http._tcp.local', 'printer._shoal._udp.local'])
      expect(answer(asks(name, 'ANY'), records)).toBeUndefined()
    expect(answer(asks(serviceType, 'TXT'), records)).toBeUndefined()
  })

  it('is no manager once it has said goodbye', () => {
    expect(readManagers(packet(renderRecords(manager, 0)))).toEqual([])
  })

  it('has an instance name that fits a DNS label', () => {
    const records = renderRecords({ ...manager, name: 'a'.repeat(200) })
    expect(records[1]?.name.split('.')[0]).toHaveLength(63)
  })

  it.each([
    ['no address', (type: string) => type !== 'A'],
    ['no text', (type: string) => type !== 'TXT'],
    ['no service', (type: string) => type !== 'SRV'],
  ])('is nobody with %s', (_, keeps) => {
    expect(readManagers(packet(renderRecords(manager).filter(({ type }) => keeps(type))))).toEqual([])
  })

  it.each([
    ['a fingerprint that is none', { TXT: ['fp=xyz', 'http=1', 'join=2'] }],
    ['ports out of range', { TXT: ['fp=0123456789abcdef', 'http=99999', 'join=2'] }],
    ['an address that is none', { A: 'coap.example' }],
  ])('is nobody with %s', (_, changes: Readonly<Record<string, unknown>>) => {
    const records = renderRecords(manager).map((record) => ({
      ...record,
      ...(changes[record.type] === undefined ? {} : { data: changes[record.type] }),
    }))
    expect(readManagers(packet(records))).toEqual([])
  })

  it('never throws, whatever stands in a packet', () => {
    const text = fc.oneof(fc.constantFrom(serviceType, `x.${serviceType}`, 'x.local'), fc.string())
    const record = fc.oneof(
      fc.record({
        type: fc.constant('SRV'),
        name: text,
        ttl: fc.nat(),
        data: fc.record({ port: fc.nat(), target: text }),
      }),
      fc.record({ type: fc.constant('TXT'), name: text, ttl: fc.nat(), data: fc.array(fc.uint8Array()) }),
      fc.record({ type: fc.constant('A'), name: text, ttl: fc.nat(), data: text }),
      fc.record({ type: fc.constant('PTR'), name: text, ttl: fc.nat(), data: text }),
    )
    fc.assert(
      fc.property(fc.array(record), fc.array(record), (answers, additionals) => {
        readManagers(packet(answers, additionals))
      }),
    )
  })
})
