import {
  array,
  assert,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  property,
  record,
  string,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { deploySection } from '../../../../src/model/compose/keys/deploy.ts'
import { mountSection } from '../../../../src/model/compose/keys/mounts.ts'
import { serviceSection } from '../../../../src/model/compose/keys/service-keys.ts'
import { renderContainer } from '../../../../src/model/container.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { readApplication } from './reading.ts'

/** Words that mean something to one reader or another. */
const words = constantFrom(
  '5683/udp',
  '1m30s',
  '64m',
  'host',
  '/dev/null',
  'a=b',
  'a:/b',
  '/a:/b:ro',
  'true',
  'nginx',
  '',
  '-1',
  '0',
)
const value = oneof(
  jsonValue({ maxDepth: 3 }),
  words,
  array(words, { maxLength: 3 }),
  dictionary(words, words, { maxKeys: 3 }),
)
const keysOf = (section: { keys: object }) => constantFrom(...Object.keys(section.keys))

/** A file is an application, of which every instance can be rendered, or it is refused as a whole. */
function readOrRefuse(text: string): 'read' | 'refused' {
  try {
    const { name, services } = readApplication(text)
    for (const service of services) {
      const { body } = renderContainer(service, { application: name, index: 1 })
      expect(body.Image).not.toBe('')
    }
    return 'read'
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    expect(error.code).toBe('COMPOSE_INVALID')
    expect(error.reason).toMatch(/^\d+ problems?\n {2}\d+:\d+ {2}/)
    return 'refused'
  }
}

describe('any file', () => {
  it('with any values under the keys of a service is read or refused', () => {
    const service = dictionary(keysOf(serviceSection), value, { maxKeys: 4 })
    const nested = record({
      deploy: dictionary(keysOf(deploySection), value, { maxKeys: 3 }),
      volumes: array(dictionary(keysOf(mountSection), value, { maxKeys: 4 }), { maxLength: 2 }),
    })
    const outcomes = new Set<string>()
    assert(
      property(service, nested, (keys, { deploy, volumes }) => {
        outcomes.add(readOrRefuse(stringify({ services: { web: { image: 'nginx', ...keys } } })))
        outcomes.add(readOrRefuse(stringify({ services: { web: { image: 'nginx', deploy, volumes } } })))
      }),
      { numRuns: 300 },
    )
    expect(outcomes).toEqual(new Set(['read', 'refused']))
  })

  it('with any value in any place is read or refused', () => {
    const shape = oneof(
      jsonValue(),
      record({ services: value }),
      record({ services: dictionary(string(), value, { maxKeys: 3 }), volumes: value, name: value }),
    )
    assert(
      property(shape, (file) => {
        expect(readOrRefuse(stringify(file))).toBe('refused')
      }),
    )
  })
})
