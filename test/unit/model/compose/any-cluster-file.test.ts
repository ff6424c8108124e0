import { array, assert, constantFrom, dictionary, jsonValue, oneof, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { applicationSection } from '../../../../src/model/compose/keys/application-keys.ts'
import { clusterDeployKeys } from '../../../../src/model/compose/keys/cluster/deploy.ts'
import { clusterServiceKeys } from '../../../../src/model/compose/keys/cluster/service-keys.ts'
import { serviceSection } from '../../../../src/model/compose/keys/service-keys.ts'
import { findNeededFiles } from '../../../../src/model/compose/parse-compose.ts'
import { ShoalError } from '../../../../src/model/errors.ts'
import { readForCluster, renderFor } from '../cluster-reading.ts'

/** Words that mean something to one reader or another. */
const words = constantFrom(
  '5683/udp',
  '8080:80',
  '1m30s',
  '64m',
  'host',
  'overlay',
  'a',
  '/a:/b:ro',
  'node.labels.a == b',
  'true',
  '',
  '0',
)
const value = oneof(
  jsonValue({ maxDepth: 3 }),
  words,
  array(words, { maxLength: 3 }),
  dictionary(words, words, { maxKeys: 3 }),
)
const keysOf = (keys: object) => constantFrom(...Object.keys(keys))

/** A file is an application, of which every service can be rendered, or it is refused as a whole. */
function readOrRefuse(text: string): 'read' | 'refused' {
  findNeededFiles(text, { fileName: '/a/compose.yaml' })
  try {
    const application = readForCluster(text)
    for (const { name } of application.services) {
      const { Labels } = renderFor(application, name)
      expect(Labels?.['shoal.spec']).toMatch(/^[0-9a-f]{16}$/)
    }
    return 'read'
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    expect(error.code).toBe('COMPOSE_INVALID')
    return 'refused'
  }
}

describe('whatever a file for a cluster says', () => {
  it('is rendered or refused', () => {
    const service = oneof(
      dictionary(keysOf(serviceSection.keys), value, { maxKeys: 4 }),
      dictionary(keysOf(clusterServiceKeys), value, { maxKeys: 4 }),
      record({ image: words, deploy: dictionary(keysOf(clusterDeployKeys), value, { maxKeys: 4 }) }),
    )
    const file = record({
      top: dictionary(keysOf(applicationSection.keys), value, { maxKeys: 2 }),
      services: dictionary(words, service, { maxKeys: 3 }),
    })
    const seen = new Set<string>()
    assert(
      property(file, ({ top, services }) => {
        seen.add(readOrRefuse(stringify({ ...top, services })))
      }),
      { numRuns: 400 },
    )
    // Else the property would hold of nothing.
    expect(seen).toContain('refused')
  })

  it('is read, where its values are right', () => {
    const service = record(
      {
        image: constantFrom('nginx', 'redis:5'),
        ports: array(constantFrom('80', '8080:80', '5683/udp'), { maxLength: 1 }),
        networks: constantFrom(['default'], ['field'], { field: { aliases: ['x'] } }),
        secrets: constantFrom([], ['key']),
        deploy: record(
          {
            replicas: constantFrom(0, 1, 5),
            placement: constantFrom({ constraints: ['node.role == worker'] }, { max_replicas_per_node: 1 }),
            resources: constantFrom({ limits: { memory: '64m' } }, { reservations: { cpus: 0.5 } }),
            update_config: constantFrom({ order: 'stop-first' }, { parallelism: 0 }),
          },
          { requiredKeys: [] },
        ),
        'x-shoal': constantFrom({ standby: 2 }, { ready: { timeout: '5s' } }),
      },
      { requiredKeys: ['image'] },
    )
    assert(
      property(dictionary(constantFrom('a', 'b', 'c'), service, { minKeys: 1 }), (services) => {
        const text = stringify({ services, networks: { field: {} }, secrets: { key: { external: true } } })
        expect(readOrRefuse(text)).toBe('read')
      }),
      { numRuns: 200 },
    )
  })
})
