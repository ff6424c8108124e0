// Registering with the directory: real server, real client.
import { describe, expect, it } from 'vitest'
import { Code, formatCode } from '../../../../src/coap/codes.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { aDirectory, anEntry, locationOf } from './a-directory.ts'

const node1 = '/rd?ep=node1&base=coap://10.0.0.7'

describe('a registration', () => {
  it('is created at a location, and reads as it was sent', async () => {
    await using rd = await aDirectory()
    const created = await rd.post(node1, '</temp>;rt="temperature-c",</light>;obs')
    expect(created.code).toBe(Code.Created)
    expect(locationOf(created)).toMatch(/^\/rd\/[0-9a-f]{8}$/)
    expect(await rd.read(locationOf(created))).toBe('</temp>;rt="temperature-c",</light>;obs')
  })

  it('keeps its location when the endpoint registers again, and has the new links alone', async () => {
    await using rd = await aDirectory()
    const first = await rd.post(`${node1}&et=old`, '</temp>')
    const second = await rd.post(node1, '</light>')
    expect(locationOf(second)).toBe(locationOf(first))
    expect(await rd.read('/rd-lookup/res')).toBe('<coap://10.0.0.7/light>')
    expect(await rd.read('/rd-lookup/ep')).not.toContain('et=')
  })

  it('is another one in another sector', async () => {
    await using rd = await aDirectory()
    const first = await rd.post(`${node1}&d=north`)
    const second = await rd.post(`${node1}&d=south`)
    expect(locationOf(second)).not.toBe(locationOf(first))
  })

  it('has the sender for its base where it names none, and follows a sender that has moved', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post('/rd?ep=node1', '</temp>'))
    expect(await rd.read('/rd-lookup/res')).toMatch(/^<coap:\/\/127\.0\.0\.1:\d+\/temp>$/)
    await rd.post(`${location}?base=coap://10.0.0.8:61616`)
    await rd.post(location)
    expect(await rd.read('/rd-lookup/res')).toBe('<coap://10.0.0.8:61616/temp>')
  })

  it('lives for 25 hours unless it says otherwise', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(node1))
    rd.clock.advance(90_000_000 - 1)
    expect((await rd.request(location)).code).toBe(Code.Content)
    rd.clock.advance(1)
    expect((await rd.request(location)).code).toBe(Code.NotFound)
    expect(await rd.read('/rd-lookup/ep')).toBe('')
  })

  it('begins its lifetime anew with an update, by the last that was given', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(`${node1}&lt=60`))
    rd.clock.advance(59_000)
    expect((await rd.post(`${location}?lt=100`)).code).toBe(Code.Changed)
    rd.clock.advance(99_000)
    expect((await rd.post(location)).code).toBe(Code.Changed)
    rd.clock.advance(99_000)
    expect((await rd.request(location)).code).toBe(Code.Content)
    rd.clock.advance(1000)
    expect((await rd.post(location)).code).toBe(Code.NotFound)
  })

  it('takes attributes of an update beside those it has', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(`${node1}&et=pump&room=1`))
    await rd.post(`${location}?room=2`)
    expect(await rd.read('/rd-lookup/ep')).toBe(
      `<${location}>;ep="node1";base="coap://10.0.0.7";et="pump";room="2";rt="core.rd-ep"`,
    )
  })

  it('is gone when it is deleted', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(node1, '</temp>'))
    expect((await rd.request(location, { method: Code.Delete })).code).toBe(Code.Deleted)
    expect((await rd.request(location, { method: Code.Delete })).code).toBe(Code.NotFound)
    expect(await rd.read('/rd-lookup/res')).toBe('')
  })
})

describe('a registration that is refused', () => {
  it.each([
    ['/rd', 'ep: is missing: the name of the endpoint, POST /rd?ep=NAME'],
    ['/rd?ep=', 'ep: expected 1 to 63 bytes, got 0'],
    [`/rd?ep=${'x'.repeat(64)}`, 'ep: expected 1 to 63 bytes, got 64'],
    ['/rd?ep=a&ep=b', 'ep: stands more than once'],
    [`/rd?ep=a&d=${'x'.repeat(64)}`, 'd: expected 1 to 63 bytes, got 64'],
    ['/rd?ep=a&lt=0', 'lt: expected 1 to 4294967295 seconds, got "0"'],
    ['/rd?ep=a&lt=4294967296', 'lt: expected 1 to 4294967295 seconds, got "4294967296"'],
    ['/rd?ep=a&lt=1h', 'lt: expected 1 to 4294967295 seconds, got "1h"'],
    ['/rd?ep=a&base=10.0.0.7', 'base: expected a URI such as coap://10.0.0.7:5683, got "10.0.0.7"'],
    ['/rd?ep=a&base=urn:x', 'base: expected a URI such as coap://10.0.0.7:5683, got "urn:x"'],
    ['/rd?ep=a&rt=x', 'rt: is not for an endpoint to set'],
    ['/rd?ep=a&%22=x', '": is no name of an attribute'],
  ])('%s: %s', async (path, diagnostic) => {
    await using rd = await aDirectory()
    const answer = await rd.post(path, '</temp>')
    expect([formatCode(answer.code), answer.text()]).toEqual(['4.00', diagnostic])
    expect(await rd.read('/rd-lookup/ep')).toBe('')
  })

  it('because its links are no links', async () => {
    await using rd = await aDirectory()
    const answer = await rd.post(node1, '/temp')
    expect(answer.code).toBe(Code.BadRequest)
    expect(answer.text()).toBe(
      'payload: link format: expected a target in angle brackets at character 1, found "/temp"',
    )
  })

  it('because a link and its base make no URI', async () => {
    await using rd = await aDirectory()
    const answer = await rd.post(node1, '<//[>')
    expect([answer.code, answer.text()]).toEqual([
      Code.BadRequest,
      'payload: <//[> and the base coap://10.0.0.7 make no URI',
    ])
  })

  it('because it is in another format than links', async () => {
    await using rd = await aDirectory()
    const answer = await rd.request(node1, {
      method: Code.Post,
      payload: '[]',
      contentFormat: ContentFormat.Json,
    })
    expect(answer.code).toBe(Code.UnsupportedContentFormat)
  })

  it.each(['ep=node2', 'd=north'])('because an update would change %s', async (query) => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(node1))
    const answer = await rd.post(`${location}?${query}`)
    expect([answer.code, answer.text()]).toEqual([
      Code.BadRequest,
      'ep, d: an update does not change them: register anew',
    ])
  })

  it('because an update brings links', async () => {
    await using rd = await aDirectory()
    const location = locationOf(await rd.post(node1))
    const answer = await rd.post(location, '</temp>')
    expect([answer.code, answer.text()]).toEqual([
      Code.BadRequest,
      'payload: an update has none: register anew to change the links',
    ])
  })

  it('because the directory or the address has its fill, but not when it replaces one', async () => {
    await using rd = await aDirectory({ registrationsOfOneAddress: 2 })
    await rd.post('/rd?ep=a')
    await rd.post('/rd?ep=b')
    expect((await rd.post('/rd?ep=b')).code).toBe(Code.Created)
    const answer = await rd.post('/rd?ep=c')
    expect(formatCode(answer.code)).toBe('5.03')
    expect(answer.text()).toBe('127.0.0.1 holds 2 registrations, the most of one address')
    await using full = await aDirectory({ registrations: 1 })
    await full.post('/rd?ep=a')
    expect((await full.post('/rd?ep=b')).text()).toBe('the directory holds 1 registrations and takes no more')
  })

  it('because it is too large, at once or by its updates', async () => {
    await using rd = await aDirectory({ bytes: 100 })
    const answer = await rd.post(node1, `</${'x'.repeat(100)}>`)
    expect(formatCode(answer.code)).toBe('4.13')
    const location = locationOf(await rd.post(node1))
    expect((await rd.post(`${location}?x=${'1'.repeat(60)}`)).code).toBe(Code.Changed)
    expect((await rd.post(`${location}?y=${'1'.repeat(60)}`)).code).toBe(Code.RequestEntityTooLarge)
  })

  it('because an instance of the cluster has the name', async () => {
    await using rd = await aDirectory()
    rd.publish([anEntry({ endpoint: 'sensors.compute.k3f09a2c' })])
    for (const [path, method] of [
      ['/rd?ep=sensors.compute.k3f09a2c', Code.Post],
      ['/rd/sensors.compute.k3f09a2c', Code.Post],
      ['/rd/sensors.compute.k3f09a2c', Code.Delete],
    ] as const) {
      const answer = await rd.request(path, { method })
      expect(answer.code).toBe(Code.Forbidden)
      expect(answer.text()).toContain('sensors.compute.k3f09a2c is an instance of the cluster')
    }
  })
})
