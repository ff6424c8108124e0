import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Link, renderLinks } from '../../../src/coap/link-format.ts'
import { parseLinks } from '../../../src/coap/parse-links.ts'

describe('parseLinks', () => {
  it('reads the example of RFC 6690 §5', () => {
    expect(
      parseLinks(
        '</sensors>;ct=40;title="Sensor Index",</sensors/temp>;rt="temperature-c";if="sensor",' +
          '<http://www.example.com/sensors/t123>;anchor="/sensors/temp";rel="describedby"',
      ),
    ).toEqual([
      { target: '/sensors', attributes: { ct: '40', title: 'Sensor Index' } },
      { target: '/sensors/temp', attributes: { rt: 'temperature-c', if: 'sensor' } },
      {
        target: 'http://www.example.com/sensors/t123',
        attributes: { anchor: '/sensors/temp', rel: 'describedby' },
      },
    ])
  })

  it.each([
    ['nothing', '', []],
    ['a name alone', '</a>;obs', [{ target: '/a', attributes: { obs: '' } }]],
    [
      'quotes and backslashes in quotes',
      '</a>;title="a\\"b\\\\,;<"',
      [{ target: '/a', attributes: { title: 'a"b\\,;<' } }],
    ],
    [
      'the first of two values of one attribute',
      '</a>;rt="x";rt="y"',
      [{ target: '/a', attributes: { rt: 'x' } }],
    ],
    [
      'spaces and lines between',
      ' </a> ; ct=40 ,\n</b>\n',
      [
        { target: '/a', attributes: { ct: '40' } },
        { target: '/b', attributes: {} },
      ],
    ],
    [
      'an extended attribute',
      "</a>;title*=UTF-8''x",
      [{ target: '/a', attributes: { 'title*': "UTF-8''x" } }],
    ],
  ])('reads %s', (_, text, links) => {
    expect(parseLinks(text)).toEqual(links)
  })

  it.each([
    ['sensors', 'expected a target in angle brackets at character 1, found "sensors"'],
    ['</a', 'expected a target in angle brackets at character 1, found "</a"'],
    ['</a></b>', 'expected a comma at character 5, found "</b>"'],
    ['</a>,', 'expected a target in angle brackets at character 6, found the end'],
    ['</a>;', 'expected the name of an attribute at character 6, found the end'],
    ['</a>;rt=', 'expected a value of rt at character 9, found the end'],
    ['</a>;rt="x', 'expected a value of rt at character 9, found "\\"x"'],
  ])('says what is wrong with %s', (text, problem) => {
    expect(parseLinks(text)).toEqual({ problem: `link format: ${problem}` })
  })

  it('reads what renderLinks writes', () => {
    const name = fc.oneof(
      fc.constantFrom('rt', 'if', 'ct', 'sz', 'obs', 'title', '__proto__', 'constructor'),
      fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}\*?$/),
    )
    const link: fc.Arbitrary<Link> = fc.record({
      target: fc.webPath(),
      attributes: fc
        .array(fc.tuple(name, fc.string({ unit: 'binary' })))
        .map((pairs) => Object.fromEntries(pairs)),
    })
    fc.assert(
      fc.property(fc.array(link), (links) => {
        expect(parseLinks(renderLinks(links))).toEqual(links)
      }),
    )
  })

  it('ends on any text, with links or a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>;,="\\ a') }), (text) => {
        const read = parseLinks(text)
        expect('problem' in read ? read.problem : read).toBeDefined()
      }),
    )
  })
})
