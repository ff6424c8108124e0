// docs/http-api.md and the code name the same routes, statuses and metrics.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { statusOfError } from '../../../../../src/manager/api/http/status-of-error.ts'
import { apiRoutes } from '../../../../../src/model/api/routes.ts'
import { type ErrorCode, errorTable } from '../../../../../src/model/errors.ts'
import { withManager } from './a-manager.ts'

const page = readFileSync(new URL('../../../../../docs/http-api.md', import.meta.url), 'utf8')

/** First cells of the rows below a heading. */
function rowsUnder(heading: string): string[] {
  const section = (page.split(`\n## ${heading}\n`)[1] ?? '').split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| (`.*?|\d.*?) \|/gm)].map(([, cell = '']) => cell)
}

describe('the page of the HTTP API', () => {
  it('names every route of the table, and no other', () => {
    const named = rowsUnder('Routes').flatMap((cell) => {
      const [methods = '', path = ''] = cell.replaceAll('`', '').split(/ (?=\/)/)
      return methods.split(', ').map((method) => `${method} ${path.replace(/\[.*\]$/, '')}`)
    })
    const table = Object.values(apiRoutes).map(({ method, path }) => `${method} ${path}`)
    const beside = ['/v2/… ', 'GET /metrics', 'GET /api/openapi.json']
    expect(named.filter((row) => row.includes('/api/v1/')).sort()).toEqual(table.sort())
    expect(named.filter((row) => !row.includes('/api/v1/')).length).toBe(beside.length)
  })

  it('names every status that an error is answered with', () => {
    const named = rowsUnder('Errors').flatMap((cell) => cell.split(', '))
    const used = (Object.keys(errorTable) as ErrorCode[]).map((code) => String(statusOfError(code)))
    expect(new Set(named)).toEqual(new Set([...used, '408', '431']))
  })

  it('names every metric, and no other', async () => {
    await withManager(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text()
      const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
      const named = rowsUnder('Metrics').flatMap((cell) =>
        [...cell.matchAll(/`(\w+)(?:\{[\w,]*\})?`/g)].map(([, name]) => name),
      )
      expect(named.sort()).toEqual(families.sort())
    })
  })
})
