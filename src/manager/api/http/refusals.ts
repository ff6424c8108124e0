// What HTTP itself refuses, in the words of Shoal's errors; and which methods a path takes.
import { apiRoutes } from '../../../model/api/routes.ts'
import { type ErrorCode, ShoalError } from '../../../model/errors.ts'

interface Refusal {
  readonly status: number
  readonly answer: ShoalError
}

interface Seen {
  readonly method: string
  readonly url: string
}

/** By the codes of fastify and of Node's parser. */
const known: Readonly<
  Record<string, { readonly code: ErrorCode; readonly status: number; readonly reason: string }>
> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'API_TOO_LARGE', status: 413, reason: 'its body is larger than 1 MiB' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'API_MEDIA_TYPE',
    status: 415,
    reason: 'a body is taken as application/json only',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'API_REQUEST_INVALID',
    status: 400,
    reason: 'its body is empty: expected JSON',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'API_REQUEST_INVALID', status: 400, reason: 'its body is no JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'API_REQUEST_INVALID',
    status: 400,
    reason: 'its body is not as long as it says',
  },
  FST_ERR_BAD_URL: { code: 'API_REQUEST_INVALID', status: 400, reason: 'its path is not well-formed' },
  HPE_HEADER_OVERFLOW: { code: 'API_TOO_LARGE', status: 431, reason: 'its headers are larger than 16 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'API_REQUEST_INVALID', status: 408, reason: 'it did not come in time' },
}

/** Pages beside the API. */
const pages: readonly { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [
  { pattern: /^\/api\/openapi\.json$/, methods: ['GET'] },
  { pattern: /^\/metrics$/, methods: ['GET'] },
  { pattern: /^\/v2\//, methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
]

/** With a status of 500 it is none of them. */
export function refusalOf(error: unknown, request: Seen | undefined): Refusal {
  const { code = '', message, statusCode } = error as { code?: string; message?: string; statusCode?: number }
  const entry = Object.hasOwn(known, code) ? known[code] : undefined
  const place = request === undefined ? {} : { place: `${request.method} ${request.url.slice(0, 200)}` }
  if (entry !== undefined) {
    const answer = new ShoalError(entry.code, {
      action: 'read',
      object: 'the request',
      ...place,
      reason: entry.reason,
      ...(entry.status === 413 || entry.status === 431
        ? {}
        : { nextStep: 'GET /api/openapi.json describes what it takes' }),
    })
    return { status: entry.status, answer }
  }
  const isParser = code.startsWith('HPE_')
  const status = isParser ? 400 : (statusCode ?? 500)
  const reason = isParser ? 'it is no HTTP' : (message ?? String(error))
  return {
    status,
    answer: new ShoalError('API_REQUEST_INVALID', {
      action: 'read',
      object: 'the request',
      ...place,
      reason,
    }),
  }
}

/** The methods that the path takes, as the header Allow lists them; none where there is no such path. */
export function allowedMethods(url: string): readonly string[] {
  const path = url.split('?', 1)[0] ?? ''
  const methods = [
    ...Object.values(apiRoutes)
      .filter((route) => patternOf(route.path).test(path))
      .map((route): string => route.method),
    ...pages.filter(({ pattern }) => pattern.test(path)).flatMap((page) => page.methods),
  ]
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
