import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { applicationSection } from '../../../src/model/compose/keys/application-keys.ts'
import type { DescribedKey, DescribedSection } from '../../../src/model/compose/section.ts'
import { readForCluster, renderFor, specOf } from './cluster-reading.ts'
import { aFile, aService } from './compose/reading.ts'
import { keyCases, landNowhere } from './swarm-keys.ts'

const context = {
  environment: { KEY: 'key' },
  files: new Map([['./key.pem', new Uint8Array([0, 255, 1])]]),
}

/** The paths of the keys that cluster mode honours; with a value, those that stand in it. */
function honouredPaths(section: DescribedSection, value?: unknown, path = ''): readonly string[] {
  return Object.entries(section.keys).flatMap(([key, rule]) => {
    const known = rule.kind === 'by-mode' ? rule.cluster : rule
    if (known.kind !== 'honoured') return []
    const whole = path === '' ? key : `${path}.${key}`
    if (value === undefined)
      return [
        whole,
        ...within(known).flatMap(([at, inner]) => honouredPaths(inner, undefined, `${whole}${at}`)),
      ]
    if (!isMap(value) || !Object.hasOwn(value, key)) return []
    const inner = value[key]
    return [
      whole,
      ...within(known).flatMap(([at, below]) =>
        valuesAt(at, inner).flatMap((each) => honouredPaths(below, each, `${whole}${at}`)),
      ),
    ]
  })
}

function within(rule: DescribedKey): readonly [string, DescribedSection][] {
  return Object.entries(rule.within)
}

/** What stands in a value behind nothing, `[]` or `.NAME`. */
function valuesAt(between: string, value: unknown): readonly unknown[] {
  if (between === '[]') return Array.isArray(value) ? value.filter(isMap) : []
  if (!isMap(value)) return []
  return between === '' ? [value] : Object.values(value).filter(isMap)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

describe('a key of the Compose file', () => {
  it.each(keyCases)('$keys lands where Swarm has it', ({ keys, top = '', spec = {}, objects = {} }) => {
    const application = readForCluster(aFile(keys, top), context)
    expect(renderFor(application, 'web')).toMatchObject(spec)
    expect(application.cluster).toMatchObject(objects)
  })

  it('is seen to land, each that is honoured', () => {
    const seen = new Set(
      keyCases.flatMap(({ keys, top = '' }) => honouredPaths(applicationSection, parse(aFile(keys, top)))),
    )
    const unseen = honouredPaths(applicationSection).filter((path) => !seen.has(path))
    expect([...new Set(unseen)].sort()).toEqual([...landNowhere].sort())
  })
})

describe('a Swarm service', () => {
  it('carries the labels of docker stack and of Shoal, on itself and on its containers', () => {
    const { Name, Labels, TaskTemplate } = specOf('ports: ["5683/udp"]', { top: 'name: farm' })
    const shared = {
      'com.docker.stack.namespace': 'farm',
      'shoal.mode': 'cluster',
      'shoal.application': 'farm',
      'shoal.service': 'web',
      'shoal.ready.ms': '30000',
      'shoal.coap.port': '5683',
      'shoal.coap.path': '/.well-known/core',
    }
    expect(Name).toBe('farm_web')
    expect(TaskTemplate.ContainerSpec.Labels).toEqual(shared)
    expect(Labels).toEqual({
      ...shared,
      'com.docker.stack.image': 'nginx',
      'shoal.front': '1',
      'shoal.spec': expect.stringMatching(/^[0-9a-f]{16}$/),
      'shoal.active': '1',
      'shoal.declared': '1',
      'shoal.standby': '0',
    })
  })

  it('keeps its hash over counts and the order of maps, and changes it with anything else', () => {
    const hashOf = (keys: string, active?: number) =>
      specOf(keys, {}, active === undefined ? {} : { active }).Labels?.['shoal.spec']
    const plain = hashOf('labels: {a: b, c: d}')
    expect(hashOf('labels: {c: d, a: b}')).toBe(plain)
    expect(hashOf('labels: {a: b, c: d}\ndeploy: {replicas: 7}')).toBe(plain)
    expect(hashOf('labels: {a: b, c: d}', 5)).toBe(plain)
    expect(hashOf('labels: {a: b, c: e}')).not.toBe(plain)
    expect(hashOf('labels: {a: b, c: d}\ndeploy: {labels: {x: y}}')).not.toBe(plain)
    expect(hashOf('x-shoal: {standby: 1}')).toBe(hashOf('x-shoal: {standby: 2}'))
    expect(specOf('', {}, { image: 'nginx@sha256:1' }).Labels?.['shoal.spec']).not.toBe(hashOf(''))
  })

  it('has as many replicas as are to be active and to stand by, whatever the file says of active ones', () => {
    const spec = specOf('deploy: {replicas: 1}\nx-shoal: {standby: 2}', {}, { active: 0 })
    expect(spec.Mode).toEqual({ Replicated: { Replicas: 2 } })
    expect(spec.Labels).toMatchObject({ 'shoal.active': '0', 'shoal.declared': '1', 'shoal.standby': '2' })
  })

  it('has bounded logs, is replaced at once and rolls back where the file says nothing', () => {
    const { TaskTemplate, UpdateConfig, RollbackConfig } = specOf()
    expect(TaskTemplate.LogDriver).toEqual({
      Name: 'json-file',
      Options: { 'max-size': '1m', 'max-file': '3' },
    })
    expect(TaskTemplate.RestartPolicy).toEqual({ Condition: 'any', Delay: 0 })
    expect(UpdateConfig).toEqual({
      Parallelism: 1,
      Delay: 0,
      FailureAction: 'rollback',
      Monitor: 35e9,
      MaxFailureRatio: 0,
      Order: 'start-first',
    })
    expect(RollbackConfig).toMatchObject({ FailureAction: 'pause', Order: 'start-first' })
  })

  it.each([
    ['ports: ["80"]', 'start-first'],
    ['ports: ["8080:80"]', 'stop-first'],
    ['network_mode: host', 'stop-first'],
    ['volumes: ["/srv:/srv"]', 'stop-first'],
    ['volumes: ["/srv:/srv:ro", /anonymous]', 'start-first'],
    ['deploy: {placement: {max_replicas_per_node: 1}}', 'stop-first'],
    ['deploy: {placement: {max_replicas_per_node: 0}}', 'start-first'],
    [
      'deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: laser}}]}}}',
      'stop-first',
    ],
    ['ports: ["8080:80"]\ndeploy: {update_config: {order: start-first}}', 'start-first'],
  ])('with %s, it changes %s', (keys, order) => {
    expect(specOf(keys).UpdateConfig?.Order).toBe(order)
  })

  it.each([
    ['network_mode: host\nexpose: ["5683/udp"]', 1],
    ['network_mode: host\nx-shoal: {coap: {port: 7000}}', 1],
    ['network_mode: host', undefined],
    [
      'network_mode: host\nx-shoal: {coap: {port: 7000}}\ndeploy: {placement: {max_replicas_per_node: 0}}',
      undefined,
    ],
    ['ports: ["5683/udp"]', undefined],
  ])('with %s, a node has %s of its instances at most', (keys, most) => {
    expect(specOf(keys).TaskTemplate.Placement?.MaxReplicas).toBe(most)
  })

  it('says on host networks that its ports are the node’s', () => {
    const { Labels, EndpointSpec } = specOf('network_mode: host')
    expect(Labels).toMatchObject({ 'shoal.network': 'host' })
    expect(EndpointSpec).toEqual({})
  })

  it('names the ids of its secrets and configs', () => {
    const top = 'secrets: {a: {external: true}}\nconfigs: {b: {external: true}}'
    const { ContainerSpec } = specOf(
      'secrets: [a]\nconfigs: [b]',
      { top },
      { secretIds: new Map([['a', 'id-a']]), configIds: new Map([['b', 'id-b']]) },
    ).TaskTemplate
    expect(ContainerSpec).toMatchObject({ Secrets: [{ SecretID: 'id-a' }], Configs: [{ ConfigID: 'id-b' }] })
  })

  it('knows no word of Swarm’s for a number of processes without limit', () => {
    expect(specOf('pids_limit: -1').TaskTemplate.Resources?.Limits).toEqual({})
  })

  it('is the front of its application where it speaks CoAP and nothing depends on it', () => {
    const application = readForCluster(
      `
services:
  web: {image: a, ports: ["5683/udp"], depends_on: [db]}
  db: {image: b, ports: ["5683/udp"]}
  ui: {image: c, depends_on: [web]}
`,
    )
    const fronts = application.services.filter(
      ({ name }) => renderFor(application, name).Labels?.['shoal.front'] === '1',
    )
    expect(fronts.map(({ name }) => name)).toEqual(['web'])
  })

  it('is not made of a service that was read for pair mode', () => {
    const service = aService()
    const rendering = () => renderFor({ ...readForCluster(aFile('')), services: [service] }, 'web')
    expect(rendering).toThrow(RangeError)
  })
})
