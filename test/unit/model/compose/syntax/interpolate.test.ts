import { readFileSync } from 'node:fs'
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { interpolate } from '../../../../../src/model/compose/syntax/interpolate.ts'

const cases: { becomes: [string, string][]; refused: [string, string][] } = parse(
  readFileSync(new URL('../../../../fixtures/compose/interpolation.yaml', import.meta.url), 'utf8'),
)
const environment = { SET: 'value', EMPTY: '', OTHER: 'other' }

describe('interpolation', () => {
  it.each(cases.becomes)('makes of %j: %j', (template, text) => {
    expect(interpolate(template, environment)).toEqual({ text, problems: [], unset: [] })
  })

  it.each(cases.refused)('refuses %j', (template, problem) => {
    expect(interpolate(template, environment).problems).toEqual([problem])
  })

  it('names the variables that have neither value nor default', () => {
    expect(interpolate('$NONE-$NOBODY', environment)).toEqual({
      text: '-',
      problems: [],
      unset: ['NONE', 'NOBODY'],
    })
  })

  it('takes no variable from what every object has', () => {
    expect(interpolate('$constructor$__proto__', environment).unset).toEqual(['constructor', '__proto__'])
  })

  it('refuses defaults that are nested without end', () => {
    const { problems } = interpolate(`${'$'.concat('{A:-').repeat(5000)}x${'}'.repeat(5000)}`, {})
    expect(problems).toEqual([expect.stringContaining('is nested too deeply')])
  })

  it('leaves text without a dollar sign as it is, and never throws', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const { text: result } = interpolate(text, environment)
        if (!text.includes('$')) expect(result).toBe(text)
      }),
    )
  })

  it('gives back any text whose dollar signs are doubled', () => {
    assert(
      property(string(), (text) => {
        const result = interpolate(text.replaceAll('$', '$$$$'), environment)
        expect(result).toEqual({ text, problems: [], unset: [] })
      }),
    )
  })
})
