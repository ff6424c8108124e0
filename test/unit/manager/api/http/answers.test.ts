import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiRoute } from '../../../../../src/model/api/route.ts'
import { apiRoutes } from '../../../../../src/model/api/routes.ts'
import { type AManager, anEvent, compose, startManager } from './a-manager.ts'

let manager: AManager

beforeAll(async () => {
  manager = await startManager()
  manager.events.add(anEvent('bed-1'))
})

afterAll(async () => {
  await manager.stop()
})

interface Page {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, Parameters<typeof z.fromJSONSchema>[0]> }
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: unknown
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly schema: Parameters<typeof z.fromJSONSchema>[0] }> }
  >
}

async function readPage(): Promise<Page> {
  return (await (await fetch(`${manager.url}/api/openapi.json`)).json()) as Page
}

/** For each route that answers with something: a request, in an order in which each finds what it needs. */
const requests: readonly {
  readonly route: keyof typeof apiRoutes
  readonly path: string
  readonly body?: unknown
  readonly accept?: string
}[] = [
  { route: 'status', path: '/api/v1/status' },
  { route: 'nodes', path: '/api/v1/nodes' },
  { route: 'devices', path: '/api/v1/devices' },
  { route: 'services', path: '/api/v1/services?application=garden' },
  { route: 'service', path: '/api/v1/services/garden/climate' },
  { route: 'scale', path: '/api/v1/services/garden/climate', body: { active: 3 } },
  { route: 'explain', path: '/api/v1/services/garden/climate/explain' },
  { route: 'logs', path: '/api/v1/services/garden/climate/logs' },
  { route: 'logs', path: '/api/v1/services/garden/climate/logs?follow=true', accept: 'application/x-ndjson' },
  { route: 'applications', path: '/api/v1/apps' },
  { route: 'deploy', path: '/api/v1/apps', body: { compose, fileName: 'compose.yaml', dryRun: true } },
  { route: 'deploy', path: '/api/v1/apps', body: { compose, fileName: 'compose.yaml' } },
  { route: 'missingImages', path: '/api/v1/images/missing', body: { compose, fileName: 'compose.yaml' } },
  { route: 'activate', path: '/api/v1/activations', body: { name: 'garden' } },
  { route: 'deactivate', path: '/api/v1/activations/garden' },
  {
    route: 'putCatalogue',
    path: '/api/v1/catalogue/garden',
    body: { compose, fileName: 'compose.yaml', environment: { TOKEN: 'secret' } },
  },
  { route: 'catalogue', path: '/api/v1/catalogue' },
  { route: 'catalogueFile', path: '/api/v1/catalogue/garden' },
  { route: 'removeCatalogue', path: '/api/v1/catalogue/garden' },
  { route: 'removeApplication', path: '/api/v1/apps/garden' },
  { route: 'events', path: '/api/v1/events' },
]

describe('the OpenAPI page', () => {
  it('has every route of the table, and nothing else', async () => {
    const { openapi, paths } = await readPage()
    expect(openapi).toBe('3.1.0')
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`,
      ),
    )
    const table = Object.entries(apiRoutes).map(([name, { method, path }]) => `${name}: ${method} ${path}`)
    expect(described.sort()).toEqual(table.sort())
  })

  it('describes each parameter of each path, and each body', async () => {
    const { paths } = await readPage()
    for (const [path, operations] of Object.entries(paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const [method, { parameters = [], requestBody }] of Object.entries(operations)) {
        const inPath = parameters.filter((parameter) => parameter.in === 'path')
        expect(inPath.map(({ name }) => name)).toEqual(named)
        expect(inPath.every(({ required }) => required)).toBe(true)
        expect(requestBody !== undefined).toBe(['post', 'put', 'patch'].includes(method))
      }
    }
  })

  it('refers to schemas that it has, and has no trace of another dialect', async () => {
    const text = await (await fetch(`${manager.url}/api/openapi.json`)).text()
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(new Set(references)).toEqual(new Set(['Error']))
    expect(text).not.toContain('nullable')
    expect(text).not.toContain('"$schema"')
  })

  it('is what real answers look like', async () => {
    const { paths, components } = await readPage()
    const asked = new Set<string>()
    for (const { route: name, path, body, accept } of requests) {
      const route: ApiRoute = apiRoutes[name]
      const answer = await fetch(`${manager.url}${path}`, {
        method: route.method,
        headers: {
          ...(accept === undefined ? {} : { accept }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const type = answer.headers.get('content-type')?.split(';', 1)[0]
      const text = await answer.text()
      const described = paths[route.path]?.[route.method.toLowerCase()]?.responses[String(answer.status)]
      expect({ name, status: answer.status, text }).toMatchObject({ name, status: route.status })
      asked.add(name)
      if (answer.status === 204) {
        expect(text).toBe('')
        continue
      }
      const schema = described?.content?.[type ?? '']?.schema
      if (schema === undefined) throw new Error(`${name}: ${type} is not described`)
      for (const value of valuesOf(type ?? '', text)) conforms(name, schema, value)
    }
    expect([...asked].sort()).toEqual(Object.keys(apiRoutes).sort())

    const wrong = await fetch(`${manager.url}/api/v1/catalogue/nothing`)
    const described = paths['/api/v1/catalogue/{name}']?.get?.responses['404']
    expect(described).toBeDefined()
    conforms('an error', components.schemas.Error ?? {}, await wrong.json())
  })
})

/** The values that a body carries. */
function valuesOf(type: string, text: string): unknown[] {
  if (type === 'text/plain') return [text]
  if (type === 'application/json') return [JSON.parse(text)]
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** By the page alone, with members that it does not know refused. */
function conforms(name: string, schema: Parameters<typeof z.fromJSONSchema>[0], value: unknown): void {
  const result = z.fromJSONSchema(schema).safeParse(value)
  expect({ name, value, problems: result.error?.issues ?? [] }).toEqual({ name, value, problems: [] })
}

async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  return (await fetch(`${manager.url}${path}`, { headers })).json()
}

describe('answers', () => {
  it('show a node that is away, and since when', async () => {
    const { nodes } = (await get('/api/v1/nodes')) as { nodes: Record<string, unknown>[] }
    expect(
      nodes.map(({ name, state, availability, awaySince, instances, hasAgent }) => [
        name,
        state,
        availability,
        awaySince,
        instances,
        hasAgent,
      ]),
    ).toEqual([
      ['ap', 'ready', 'drain', null, 0, false],
      ['bed-1', 'ready', 'active', null, 1, true],
      ['bed-2', 'away', 'active', '2026-01-02T03:04:06.000Z', 1, false],
    ])
  })

  it('tell the status of the whole', async () => {
    expect(await get('/api/v1/status')).toEqual({
      manager: {
        name: 'ap',
        version: '1.2.3',
        address: '10.77.0.1',
        startedAt: '2026-01-02T03:04:05.000Z',
        coap: 'coap://10.77.0.1:5683',
        http: 'http://10.77.0.1:8480',
        join: '10.77.0.1:8481',
      },
      cluster: { id: '0123456789abcdef', heartbeatMs: 4000 },
      registry: { state: 'up', address: '10.77.0.1:5000' },
      nodes: { total: 3, ready: 2, away: 1, down: 0 },
      services: { active: 1 },
      instances: { answering: 1, waiting: 1 },
    })
  })

  it('suggest the nearest service for one that there is not', async () => {
    expect(await get('/api/v1/services/garden/climat/explain')).toMatchObject({
      error: {
        code: 'SERVICE_UNKNOWN',
        reason: 'the cluster has none of that name; did you mean garden/climate?',
      },
    })
  })

  it('keep the values of variables in the cluster', async () => {
    const body = JSON.stringify({ compose, fileName: 'c.yaml', environment: { TOKEN: 'secret' } })
    const headers = { 'content-type': 'application/json' }
    await fetch(`${manager.url}/api/v1/catalogue/garden`, { method: 'PUT', headers, body })
    const file = await get('/api/v1/catalogue/garden')
    expect(file).toMatchObject({ compose, variables: ['TOKEN'] })
    expect(JSON.stringify(file)).not.toContain('secret')
  })

  it('refuse to keep a file under a name that is not its application’s', async () => {
    const answer = await fetch(`${manager.url}/api/v1/catalogue/barn`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compose, fileName: 'c.yaml' }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: { code: 'API_REQUEST_INVALID', nextStep: 'PUT /api/v1/catalogue/garden' },
    })
  })

  it('tell by their status what the cause of a failure is', async () => {
    const post = (body: unknown) =>
      fetch(`${manager.url}/api/v1/activations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post({ name: 'big' })).status).toBe(503)
    expect((await post({ name: 'nothing' })).status).toBe(404)
    expect((await fetch(`${manager.url}/api/v1/apps/nothing`, { method: 'DELETE' })).status).toBe(404)
  })
})
