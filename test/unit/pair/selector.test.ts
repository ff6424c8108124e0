import { describe, expect, it } from 'vitest'
import { isSelected, parseSelector } from '../../../src/pair/selector.ts'
import { aFoundInstance } from './builders.ts'

describe('instances on the command line', () => {
  it.each([
    ['app', { application: 'app', service: undefined, index: undefined }],
    ['app/web', { application: 'app', service: 'web', index: undefined }],
    ['app/web.12', { application: 'app', service: 'web', index: 12 }],
    ['app/web.v2.3', { application: 'app', service: 'web.v2', index: 3 }],
  ])('reads %s', (text, parts) => {
    expect(parseSelector(text)).toEqual({ text, ...parts })
  })

  it.each(['', 'App', '/web', 'app/', 'app/web/1', '--all'])('refuses %j', (text) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('leaves open what is left out', () => {
    const found = aFoundInstance({ application: 'app', service: 'web', index: 2 })
    const fits = (text: string): boolean => isSelected(parseSelector(text), found)
    expect(['app', 'app/web', 'app/web.2'].map(fits)).toEqual([true, true, true])
    expect(['other', 'app/db', 'app/web.1'].map(fits)).toEqual([false, false, false])
  })
})
