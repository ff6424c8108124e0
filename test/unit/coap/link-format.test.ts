import { describe, expect, it } from 'vitest'
import { matchLinks, renderLinks } from '../../../src/coap/link-format.ts'

const temperature = { target: '/sensors/temp', attributes: { rt: 'temperature-c', if: 'sensor' } }
const light = {
  target: '/sensors/light',
  attributes: { rt: 'light-lux core.sen-light', if: 'sensor', ct: '0 50' },
}
const index = { target: '/sensors', attributes: { ct: '40', title: 'Sensor Index' } }
const links = [index, temperature, light]

describe('renderLinks', () => {
  it('writes the example of RFC 6690 §5', () => {
    expect(renderLinks([index, temperature])).toBe(
      '</sensors>;ct=40;title="Sensor Index",</sensors/temp>;rt="temperature-c";if="sensor"',
    )
  })

  it('quotes what needs it, and writes an attribute without a value as its name', () => {
    expect(
      renderLinks([{ target: '/a', attributes: { obs: '', title: 'say "hi" \\', ct: '0 50', sz: '12' } }]),
    ).toBe('</a>;obs;title="say \\"hi\\" \\\\";ct="0 50";sz=12')
  })
})

describe('matchLinks', () => {
  it.each([
    ['everything without a query', [], links],
    ['a whole value', ['rt=temperature-c'], [temperature]],
    ['one of several words', ['rt=core.sen-light'], [light]],
    ['a prefix of any word', ['rt=core.*'], [light]],
    ['a prefix of nothing: whoever has the attribute', ['if=*'], [temperature, light]],
    ['part of a word: no one', ['rt=light'], []],
    ['a content-format among several', ['ct=50'], [light]],
    ['a path', ['href=/sensors/temp'], [temperature]],
    ['paths below another', ['href=/sensors/*'], [temperature, light]],
    ['an attribute that nobody has', ['foo=bar'], []],
    ['a name that every object of JavaScript has: no one', ['constructor=*'], []],
    ['all of several', ['if=sensor', 'href=/sensors/l*'], [light]],
    ['text with spaces in an attribute that is no list', ['title=Sensor Index'], [index]],
  ])('matches %s (RFC 6690 §4.1)', (_, query, expected) => {
    expect(matchLinks(links, query)).toEqual(expected)
  })
})
