import { describe, expect, it } from 'vitest'
import { replaceSection } from '../../../bench/section.ts'

describe('the section of a bench on the page', () => {
  const page = 'a\n<!-- bench:coap -->\nold\n<!-- /bench:coap -->\nz\n'

  it('is replaced, and nothing else', () => {
    expect(replaceSection(page, 'coap', 'new')).toBe('a\n<!-- bench:coap -->\nnew\n<!-- /bench:coap -->\nz\n')
  })

  it('must be there', () => {
    expect(() => replaceSection(page, 'activation', 'new')).toThrow(
      /no section between <!-- bench:activation -->/,
    )
  })
})
