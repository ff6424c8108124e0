// The OpenAPI 3.1 page, made from the schemas that requests are checked by. Pure.
import { z } from 'zod'
import { errorAnswer } from '../../../model/api/error.ts'
import type { ApiRoute } from '../../../model/api/route.ts'
import type { ErrorCode } from '../../../model/errors.ts'
import { errorTable } from '../../../model/errors.ts'
import { statusOfError } from './status-of-error.ts'

type Json = Readonly<Record<string, unknown>>

/** What any request may be refused with. */
const generalErrors: readonly ErrorCode[] = ['API_REQUEST_INVALID', 'INTERNAL', 'ENGINE_ABSENT']
const changeErrors: readonly ErrorCode[] = ['API_FOREIGN_PAGE']
const bodyErrors: readonly ErrorCode[] = ['API_TOO_LARGE', 'API_MEDIA_TYPE']

export function renderOpenApi(routes: Readonly<Record<string, ApiRoute>>, version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Shoal: the manager of a cluster',
      version,
      description:
        'Deploy, watch and activate services on the devices of a cluster. `/v2/` leads to the registry of the manager (OCI Distribution), `/metrics` has what it measures (Prometheus).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Error: schemaOf(errorAnswer, 'output') } },
  }
}

function operation(name: string, route: ApiRoute): Json {
  const { summary, description, params, query, body } = route
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')]
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: { [String(route.status)]: success(route), ...failures(route) },
  }
}

function success({ status, answer, streams = {} }: ApiRoute): Json {
  if (status === 204) return { description: 'Done' }
  const content = Object.fromEntries([
    ...(answer === undefined ? [] : [['application/json', { schema: schemaOf(answer, 'output') }]]),
    ...Object.entries(streams).map(([type, schema]) => [type, { schema: schemaOf(schema, 'output') }]),
  ])
  return { description: 'Done', content }
}

function failures({ method, body, errors }: ApiRoute): Json {
  const changes = method === 'GET' ? [] : changeErrors
  const codes = [
    ...new Set([...generalErrors, ...changes, ...(body === undefined ? [] : bodyErrors), ...errors]),
  ]
  const byStatus = Map.groupBy(codes, statusOfError)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, group]) => [
        String(status),
        {
          description: group.map((code) => `\`${code}\`: ${errorTable[code].meaning}`).join('\n\n'),
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      ]),
  )
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
