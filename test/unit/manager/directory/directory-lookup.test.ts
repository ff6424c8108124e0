// Finding in the directory, once and by observing: real server, real client.
import { describe, expect, it } from 'vitest'
import { Code } from '../../../../src/coap/codes.ts'
import { parseLinks } from '../../../../src/coap/parse-links.ts'
import { entriesOf } from '../../../../src/manager/directory/entries-of.ts'
import type { InstanceView, ServiceView } from '../../../../src/model/cluster/views.ts'
import { until } from '../../../until.ts'
import { aDirectory, anEntry, locationOf } from './a-directory.ts'

/** Two endpoints of others, and an instance of the cluster. */
async function aFilledDirectory() {
  const rd = await aDirectory()
  rd.publish([anEntry()])
  const pump = locationOf(
    await rd.post(
      '/rd?ep=pump&d=north&et=machine&base=coap://10.0.0.7',
      '</flow>;rt="flow rate";if="sensor",</valve>;rt="valve",<http://example.org/flow>;anchor="/flow";rel="describedby"',
    ),
  )
  const lamp = locationOf(
    await rd.post('/rd?ep=lamp&d=south&base=coap://[2001:db8::1]:61616', '<on>;rt="lamp"'),
  )
  return Object.assign(rd, { pump, lamp })
}

const instance = '<coap://10.77.0.12:5683/>;rt="shoal.compute"'
const flow = '<coap://10.0.0.7/flow>;rt="flow rate";if="sensor"'
const valve = '<coap://10.0.0.7/valve>;rt="valve"'
const page = '<http://example.org/flow>;anchor="coap://10.0.0.7/flow";rel="describedby"'
const lampOn = '<coap://[2001:db8::1]:61616/on>;rt="lamp"'

describe('a lookup of resources', () => {
  it.each([
    ['everything, with every reference resolved', '', [instance, flow, valve, page, lampOn]],
    ['a resource type among several', 'rt=rate', [flow]],
    ['a prefix', 'rt=shoal.*', [instance]],
    ['all criteria at once', 'if=sensor&rt=flow', [flow]],
    ['a target', 'href=coap://10.0.0.7/*', [flow, valve]],
    ['an anchor', 'anchor=coap://10.0.0.7/flow', [page]],
    ['an endpoint', 'ep=lamp', [lampOn]],
    ['a sector', 'd=n*', [flow, valve, page]],
    ['an attribute of the endpoint, and one of the resource', 'et=machine&rt=valve', [valve]],
    ['a page', 'count=2&page=1', [valve, page]],
    ['as many as are asked for', 'count=1', [instance]],
    ['a page behind the last', 'count=2&page=9', []],
    ['what nobody has', 'rt=nothing', []],
  ])('finds %s (%s)', async (_, query, links) => {
    await using rd = await aFilledDirectory()
    expect(await rd.read(`/rd-lookup/res${query === '' ? '' : `?${query}`}`)).toBe(links.join(','))
  })

  it('finds what one registration holds by its location', async () => {
    await using rd = await aFilledDirectory()
    expect(await rd.read(`/rd-lookup/res?href=${rd.lamp}`)).toBe(lampOn)
  })

  it.each([
    ['page=1', 'page: needs count, the number of links on a page'],
    ['count=many', 'count: expected a number, got "many"'],
    ['count=0', 'count: expected at least 1, got 0'],
    ['count=1&count=2', 'count: stands more than once'],
  ])('refuses %s: %s', async (query, diagnostic) => {
    await using rd = await aFilledDirectory()
    const answer = await rd.request(`/rd-lookup/res?${query}`)
    expect([answer.code, answer.text()]).toEqual([Code.BadRequest, diagnostic])
  })

  it('comes block by block where it is long', async () => {
    await using rd = await aDirectory()
    rd.publish(
      Array.from({ length: 100 }, (_, at) => anEntry({ endpoint: `e${at}`, base: `coap://10.0.0.${at}` })),
    )
    expect(parseLinks(await rd.read('/rd-lookup/res'))).toHaveLength(100)
  })
})

describe('a lookup of endpoints', () => {
  it('gives names, sectors, bases and attributes, and where the registration is', async () => {
    await using rd = await aFilledDirectory()
    expect(await rd.read('/rd-lookup/ep')).toBe(
      [
        '</rd/sensors.compute.k3f09a2c>;ep="sensors.compute.k3f09a2c";base="coap://10.77.0.12:5683";rt="core.rd-ep"',
        `<${rd.pump}>;ep="pump";d="north";base="coap://10.0.0.7";et="machine";rt="core.rd-ep"`,
        `<${rd.lamp}>;ep="lamp";d="south";base="coap://[2001:db8::1]:61616";rt="core.rd-ep"`,
      ].join(','),
    )
  })

  it.each([
    ['a name', 'ep=pump'],
    ['an attribute of its own', 'et=machine'],
    ['what any of its resources has', 'rt=valve'],
    ['what two of its resources have between them', 'rt=valve&if=sensor'],
    ['the target of a resource', 'href=coap://10.0.0.7/valve'],
  ])('finds by %s (%s)', async (_, query) => {
    await using rd = await aFilledDirectory()
    const found = parseLinks(await rd.read(`/rd-lookup/ep?${query}`))
    expect('problem' in found ? found : found.map(({ target }) => target)).toEqual([rd.pump])
  })

  it('reads an instance of the cluster like any registration', async () => {
    await using rd = await aFilledDirectory()
    expect(await rd.read('/rd/sensors.compute.k3f09a2c')).toBe('</>;rt="shoal.compute"')
  })
})

describe('who observes a lookup', () => {
  async function observed(query: string) {
    const rd = await aDirectory()
    const seen: string[] = []
    const stop = new AbortController()
    const ended = rd.client.observe(`${rd.uri}/rd-lookup/res?${query}`, {
      signal: stop.signal,
      onRepresentation: (response) => seen.push(response.text()),
    })
    await until('the first answer', () => seen.length === 1)
    return {
      rd,
      seen,
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await ended
        await rd[Symbol.asyncDispose]()
      },
    }
  }

  it('sees an endpoint come, move and leave', async () => {
    await using lookup = await observed('ep=pump')
    const { rd, seen } = lookup
    const location = locationOf(await rd.post('/rd?ep=pump&base=coap://10.0.0.7', '</flow>'))
    await until('it came', () => seen.length === 2)
    await rd.post(`${location}?base=coap://10.0.0.8`)
    await until('it moved', () => seen.length === 3)
    await rd.request(location, { method: Code.Delete })
    await until('it left', () => seen.length === 4)
    expect(seen).toEqual(['', '<coap://10.0.0.7/flow>', '<coap://10.0.0.8/flow>', ''])
  })

  it('sees a lifetime end', async () => {
    await using lookup = await observed('ep=pump')
    const { rd, seen } = lookup
    await rd.post('/rd?ep=pump&lt=7200&base=coap://10.0.0.7', '</flow>')
    await until('it came', () => seen.length === 2)
    rd.clock.advance(7_200_000)
    await until('it ended', () => seen.length === 3)
    expect(seen.at(-1)).toBe('')
    expect(rd.clock.armed).toBe(0)
  })

  it('sees an instance of the cluster move to another device', async () => {
    await using lookup = await observed('rt=shoal.*')
    const { rd, seen } = lookup
    rd.publish([anEntry()])
    await until('it is there', () => seen.length === 2)
    rd.publish([anEntry({ base: 'coap://10.77.0.13:5683' })])
    await until('it is elsewhere', () => seen.length === 3)
    expect(seen).toEqual(['', instance, '<coap://10.77.0.13:5683/>;rt="shoal.compute"'])
  })

  it('is told nothing of what the lookup does not find, and leaves nothing behind', async () => {
    const lookup = await observed('ep=pump')
    const { rd, seen } = lookup
    await rd.post('/rd?ep=lamp', '</on>')
    rd.publish([anEntry()])
    await rd.post('/rd?ep=pump&base=coap://10.0.0.7', '</flow>')
    await until('the pump came', () => seen.length === 2)
    expect(seen).toEqual(['', '<coap://10.0.0.7/flow>'])
    await lookup[Symbol.asyncDispose]()
    expect(rd.listeners.size).toBe(0)
    expect(rd.clock.armed).toBe(0)
  })
})

describe('the discovery of the directory', () => {
  it('lists its resources by the types of RFC 9176', async () => {
    await using rd = await aDirectory()
    expect(await rd.read('/.well-known/core?rt=core.rd*')).toBe(
      '</rd>;rt="core.rd";ct=40,</rd-lookup/res>;rt="core.rd-lookup-res";ct=40;obs,' +
        '</rd-lookup/ep>;rt="core.rd-lookup-ep";ct=40;obs',
    )
  })
})

describe('entriesOf', () => {
  const anInstance = (facts: Partial<InstanceView>): InstanceView => ({
    id: 'k3f09a2c81xy',
    node: 'edge-1',
    state: 'answering',
    endpoint: { host: '10.77.0.12', port: 5683 },
    reason: '',
    sinceMs: 0,
    image: 'compute',
    claims: [],
    ...facts,
  })
  const aService = (instances: readonly InstanceView[]): ServiceView => ({
    application: 'sensors',
    service: 'compute',
    name: 'sensors',
    state: 'active',
    active: 1,
    standby: 0,
    instances,
    image: 'compute',
    speaksCoap: true,
  })

  it('makes an entry of an instance that can be asked', () => {
    expect(entriesOf([aService([anInstance({})])])).toEqual([anEntry()])
    expect(entriesOf([aService([anInstance({ state: 'running' })])])).toEqual([anEntry()])
  })

  it('leaves out those that cannot be asked', () => {
    const states = ['waiting', 'starting', 'silent', 'standby', 'ended', 'failed'] as const
    const instances = [...states.map((state) => anInstance({ state })), anInstance({ endpoint: undefined })]
    expect(entriesOf([aService(instances)])).toEqual([])
  })
})
