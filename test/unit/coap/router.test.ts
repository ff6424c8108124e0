import { describe, expect, it } from 'vitest'
import { Code } from '../../../src/coap/codes.ts'
import { ContentFormat } from '../../../src/coap/content-format.ts'
import { OptionNumber } from '../../../src/coap/options.ts'
import { type CoapRequest, Router } from '../../../src/coap/router.ts'

function aRequest(parts: Partial<CoapRequest> = {}): CoapRequest {
  return {
    method: Code.Get,
    path: ['average'],
    query: [],
    payload: new Uint8Array(0),
    contentFormat: undefined,
    accept: undefined,
    options: [],
    remote: { address: '10.0.0.1', port: 40_000 },
    signal: new AbortController().signal,
    text: () => '',
    ...parts,
  }
}

const ok = () => ({ code: Code.Content })
const router = new Router()
  .add('/average', {
    attributes: { rt: 'shoal.compute', ct: '0 50' },
    get: ok,
    put: ok,
    consumes: [ContentFormat.TextPlain, ContentFormat.Json],
    produces: [ContentFormat.Json],
    understands: [OptionNumber.IfMatch],
  })
  .add('/a%2Fb/c d', { get: ok })

describe('Router', () => {
  it.each([
    ['an unknown path 4.04', { path: ['median'] }, Code.NotFound, 'no resource /median'],
    ['the root, where nothing is, 4.04', { path: [] }, Code.NotFound, 'no resource /'],
    [
      'a method that is not there 4.05',
      { method: Code.Post },
      Code.MethodNotAllowed,
      'POST is not among GET, PUT',
    ],
    ['a method that nobody knows 4.05', { method: 31 }, Code.MethodNotAllowed, '0.31 is not among GET, PUT'],
    [
      'a body of another format 4.15',
      { method: Code.Put, contentFormat: 60 },
      Code.UnsupportedContentFormat,
      'content-format 60 is not among 0, 50',
    ],
    [
      'a wish for another format 4.06',
      { accept: 60 },
      Code.NotAcceptable,
      'content-format 60 is not among 50',
    ],
  ])('answers %s', async (_, parts, code, payload) => {
    expect(await router.dispatch(aRequest(parts))).toEqual({ code, payload })
  })

  it('calls the handler for the rest, a body without a format included', async () => {
    expect(await router.dispatch(aRequest({ accept: 50 }))).toEqual({ code: Code.Content })
    expect(await router.dispatch(aRequest({ method: Code.Put }))).toEqual({ code: Code.Content })
  })

  it('tells a slash within a segment from one between two', async () => {
    expect(await router.dispatch(aRequest({ path: ['a/b', 'c d'] }))).toEqual({ code: Code.Content })
    expect(await router.dispatch(aRequest({ path: ['a', 'b', 'c d'] }))).toMatchObject({
      code: Code.NotFound,
    })
  })

  it('lists its resources at /.well-known/core, those that the query asks for', async () => {
    const core = (query: string[]) => router.dispatch(aRequest({ path: ['.well-known', 'core'], query }))
    const all = '</average>;rt="shoal.compute";ct="0 50",</a%2Fb/c%20d>'
    expect(router.links()).toBe(all)
    expect(await core([])).toEqual({
      code: Code.Content,
      contentFormat: ContentFormat.LinkFormat,
      payload: all,
    })
    expect(await core(['rt=shoal.*'])).toMatchObject({ payload: '</average>;rt="shoal.compute";ct="0 50"' })
    expect(await core(['rt=none'])).toMatchObject({ code: Code.Content, payload: '' })
  })

  it('knows which critical options a resource honours', () => {
    expect(router.understands(['average'], OptionNumber.IfMatch)).toBe(true)
    expect(router.understands(['average'], OptionNumber.IfNoneMatch)).toBe(false)
    expect(router.understands(['median'], OptionNumber.IfMatch)).toBe(false)
  })

  it('takes no path twice, and none that is relative', () => {
    expect(() => router.add('/average', {})).toThrow(/there is a resource already/)
    expect(() => router.add('average', {})).toThrow(/begins with \//)
  })
})

describe('a tree of the router', () => {
  const named = (name: string) => ({ get: () => ({ code: Code.Content, payload: name }) })
  const router = new Router()
    .add('/agents/all', named('exact'))
    .addTree('/agents', { ...named('agents'), attributes: { rt: 'agents' }, changes: () => () => {} })
    .addTree('/agents/gone', named('longer'))
    .addTree('/s', {
      understands: 'all',
      any: ({ method }) => ({ code: Code.Content, payload: String(method) }),
    })

  it.each([
    ['agents', 'agents'],
    ['agents/node-1', 'agents'],
    ['agents/node-1/orders', 'agents'],
    ['agents/all', 'exact'],
    ['agents/all/of', 'agents'],
    ['agents/gone', 'longer'],
    ['agents/gone/for', 'longer'],
  ])('serves /%s by %s: what is exact first, then the longest that leads there', async (path, payload) => {
    expect(await router.dispatch(aRequest({ path: path.split('/') }))).toMatchObject({ payload })
  })

  it('serves nothing beside it', async () => {
    expect(await router.dispatch(aRequest({ path: ['agentsx'] }))).toMatchObject({ code: Code.NotFound })
    expect(await router.dispatch(aRequest({ path: [] }))).toMatchObject({ code: Code.NotFound })
  })

  it('takes every method and option where it is a proxy’s, those without a name too', async () => {
    for (const method of [Code.Get, Code.Patch, Code.IPatch, Code.Fetch, 31]) {
      const request = aRequest({ path: ['s', 'x'], method })
      expect(await router.dispatch(request)).toMatchObject({ payload: String(method) })
    }
    expect(router.understands(['s', 'x'], OptionNumber.ProxyUri)).toBe(true)
    expect(router.understands(['agents', 'x'], OptionNumber.IfMatch)).toBe(false)
  })

  it('is listed where it has attributes, with obs where it can be observed, beside links that change', () => {
    const links = [{ target: '/s/climate', attributes: { rt: 'climate' } }]
    router.addLinks(() => links)
    expect(router.links()).toBe('</agents/all>,</agents>;rt="agents";obs,</s/climate>;rt="climate"')
    links.length = 0
    expect(router.links()).toBe('</agents/all>,</agents>;rt="agents";obs')
  })

  it('stands at a path once', () => {
    expect(() => router.addTree('/agents', {})).toThrow(/there is a tree already/)
  })
})
