import { describe, expect, it } from 'vitest'
import type { RequestRecord, SensingRecord } from '../../../../evaluation/sensing/records.ts'
import { renderSensing } from '../../../../evaluation/sensing/render-sensing.ts'
import { tabulateSensing } from '../../../../evaluation/sensing/sensing-table.ts'
import { summarizeValues } from '../../../../evaluation/sensing/values-seen.ts'

const of = { mode: 'pair', capability: 'light' } as const

function aRequest(over: Partial<RequestRecord> = {}): RequestRecord {
  const sent = { type: 'request', ...of, method: 'GET', path: '/light', sentAtMs: 0 } as const
  return { ...sent, responseTimeMs: 2, code: '2.05', payload: lux(300), ...over }
}

function lux(value: number): string {
  return JSON.stringify([{ bn: 'light/', bt: 1, n: 'illuminance', u: 'lx', v: value }])
}

function unanswered(): RequestRecord {
  const { responseTimeMs: _, code: __, payload: ___, ...rest } = aRequest({ failure: 'no answer' })
  return rest
}

const run: readonly SensingRecord[] = [
  { type: 'activation', ...of, isFirst: true, atMs: 0, ms: 9000, endpoint: 'coap://w:1' },
  { type: 'activation', ...of, isFirst: false, atMs: 0, ms: 1200, endpoint: 'coap://w:1' },
  { type: 'cpu', ...of, when: 'before', atMs: 0, seconds: 0.5 },
  aRequest({ method: 'PUT', body: 'on', code: '2.04', responseTimeMs: 500, payload: '' }),
  ...[10, 20, 30].map((responseTimeMs, index) => aRequest({ responseTimeMs, payload: lux(310 - index) })),
  aRequest({ code: '5.03', responseTimeMs: 1, payload: 'checksum: light' }),
  unanswered(),
  aRequest({ method: 'PUT', body: 'off', code: '2.04', responseTimeMs: 400, payload: '' }),
  { type: 'cpu', ...of, when: 'after', atMs: 0, seconds: 0.75 },
  { type: 'removal', ...of, atMs: 0, ms: 700 },
]

describe('the table of a sensing run', () => {
  it('counts every request, and takes the times of the GETs that were answered', () => {
    expect(tabulateSensing(run)).toEqual([
      {
        ...of,
        requests: 7,
        failures: 2,
        medianMs: 20,
        percentile95Ms: 29,
        activationMs: 1200,
        startCpuSeconds: 0.5,
        cpuSeconds: 0.25,
        values: 'illuminance 308 to 310 lx',
      },
    ])
  })

  it('has a row a mode and capability, in the order of the run', () => {
    const others = [
      { mode: 'pair', capability: 'flame' } as const,
      { mode: 'cluster', capability: 'light' } as const,
    ]
    const rows = tabulateSensing([...run, ...others.map((other) => aRequest(other))])
    expect(rows.map(({ mode, capability }) => `${mode} ${capability}`)).toEqual([
      'pair light',
      'pair flame',
      'cluster light',
    ])
  })

  it('says nothing of what there was no answer from', () => {
    const [row] = tabulateSensing([unanswered()])
    expect(row).toMatchObject({ requests: 1, failures: 1, medianMs: undefined, values: '' })
    expect(renderSensing([row as NonNullable<typeof row>])).toMatch(/^pair +light +1 +1 +– +– +– +– +– +–$/m)
  })
})

describe('the values seen', () => {
  it('are ranges of what is measured, with its unit, and counts of what is on or off', () => {
    const humidity = (v: number) =>
      `[{"bn":"h/","n":"humidity","u":"%RH","v":${v}},{"n":"temperature","u":"Cel","v":18}]`
    expect(summarizeValues([humidity(60.5), humidity(58)])).toBe(
      'humidity 58 to 60.5 %RH; temperature 18 Cel',
    )
    const flame = (level: boolean) => JSON.stringify([{ bn: 'f/', n: 'flame', vb: level }])
    expect(summarizeValues([flame(false), flame(true), flame(false)])).toBe('flame 2 × false, 1 × true')
  })

  it('tell of what cannot be read', () => {
    expect(summarizeValues(['41 %', lux(1)])).toBe('illuminance 1 lx; 1 unreadable')
  })
})
