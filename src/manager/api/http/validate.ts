// A request against the schemas of its route: all problems at once, each with its path.
import type { z } from 'zod'
import type { ApiRoute } from '../../../model/api/route.ts'
import { ShoalError } from '../../../model/errors.ts'
import { type Problem, renderProblems, unknownKeyMessage } from '../../../model/problems.ts'

export interface RawRequest {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** @throws ShoalError API_REQUEST_INVALID */
export function validate(route: ApiRoute, request: RawRequest): RawRequest {
  const problems: Problem[] = []
  const parts = { params: 'path', query: 'query', body: 'body' } as const
  const checked = { ...request }
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part]
    if (schema === undefined) {
      if (part === 'query') problems.push(...refuseQuery(request.query))
      continue
    }
    const result = schema.safeParse(request[part])
    if (result.success) checked[part] = result.data
    else problems.push(...result.error.issues.flatMap((issue) => problemsOf(issue, parts[part], schema)))
  }
  if (problems.length === 0) return checked
  throw new ShoalError('API_REQUEST_INVALID', {
    action: 'read',
    object: 'the request',
    place: `${route.method} ${route.path}`,
    reason: `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n${renderProblems(problems)}`,
    nextStep: 'GET /api/openapi.json describes what it takes',
  })
}

function problemsOf(issue: z.core.$ZodIssue, part: string, schema: z.ZodType): Problem[] {
  const path = [part, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? keysOf(schema) : []
    return issue.keys.map((key) => ({ path, message: unknownKeyMessage(key, known) }))
  }
  if (
    issue.path.length === 0 &&
    issue.code === 'invalid_type' &&
    part === 'body' &&
    issue.input === undefined
  )
    return [{ path, message: 'it is missing: expected JSON' }]
  return [{ path, message: issue.message.replace(/^Invalid input: /, '') }]
}

function refuseQuery(query: unknown): Problem[] {
  const keys = typeof query === 'object' && query !== null ? Object.keys(query) : []
  return keys.map((key) => ({ path: 'query', message: `unknown key "${key}"; this route takes no query` }))
}

function keysOf(schema: z.ZodType): string[] {
  return 'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null
    ? Object.keys(schema.shape)
    : []
}
