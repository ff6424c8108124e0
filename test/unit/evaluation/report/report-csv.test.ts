import { describe, expect, it } from 'vitest'
import { renderCourses, renderObservations } from '../../../../evaluation/report/report-csv.ts'
import type { Observation } from '../../../../evaluation/scenarios/observation.ts'

const observation: Observation = {
  scenario: 'response-time',
  measure: 'response_time',
  unit: 'ms',
  origin: 'emulated',
  factors: { link: 'wlan', size: 1000 },
  repetition: 1,
  value: -12.3456789,
}

describe('the observations as CSV', () => {
  it('has a column for every factor there is, empty where an observation lacks it', () => {
    const other = { ...observation, factors: { link: 'direct', workers: 4 } }
    expect(renderObservations({ observations: [observation, other], courses: [], failures: [] })).toBe(
      'scenario,measure,unit,origin,link,size,workers,repetition,value\n' +
        'response-time,response_time,ms,emulated,wlan,1000,,1,-12.3456789\n' +
        'response-time,response_time,ms,emulated,direct,,4,1,-12.3456789\n',
    )
  })

  it('quotes what would break a line, and gives a spreadsheet no formula', () => {
    const factors = { a: 'x,"y"\nz', b: '=HYPERLINK("http://x")', c: '-1+1', d: '@SUM(1)' }
    const text = renderObservations({
      observations: [{ ...observation, factors }],
      courses: [],
      failures: [],
    })
    expect(text).toContain('"x,""y""\nz","\'=HYPERLINK(""http://x"")",\'-1+1,\'@SUM(1),1,-12.3456789\n')
  })
})

describe('the courses as CSV', () => {
  it('has a line a point and a line a mark', () => {
    const { value, ...key } = observation
    const course = { ...key, points: [[0, 1.23456789]] as const, marks: [{ seconds: 2, name: 'get' }] }
    expect(renderCourses({ observations: [], courses: [course], failures: [] })).toBe(
      'scenario,measure,unit,origin,link,size,repetition,seconds,value,mark\n' +
        'response-time,response_time,ms,emulated,wlan,1000,1,0,1.23457,\n' +
        'response-time,response_time,ms,emulated,wlan,1000,1,2,,get\n',
    )
  })
})
