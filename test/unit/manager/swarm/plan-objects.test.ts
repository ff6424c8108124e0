import { describe, expect, it } from 'vitest'
import { type ObjectKind, planObjects, type SwarmObject } from '../../../../src/manager/swarm/plan-objects.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import type { ClusterFile, ClusterNetwork, ClusterObjects } from '../../../../src/model/cluster/settings.ts'
import { aService, specsOf } from '../cluster-builders.ts'

const labels = { [clusterLabel.stack]: 'green' }

function aNetwork(name: string, external = false): ClusterNetwork {
  return { name, external, driver: 'overlay', driverOptions: {}, attachable: false, internal: false, labels }
}

function aFile(name: string, external = false): ClusterFile {
  return { name, external, content: Buffer.from('x'), labels }
}

function present(kind: ObjectKind, name: string, of: Readonly<Record<string, string>> = labels): SwarmObject {
  return { kind, id: `id-${name}`, name, labels: of }
}

function wanting(objects: Partial<ClusterObjects>): ClusterObjects {
  return { networks: [], secrets: [], configs: [], ...objects }
}

const inWords = (steps: ReturnType<typeof planObjects>) =>
  steps.map(({ kind, object, name }) => `${kind} ${object} ${name}`)

describe('planning networks, secrets and configs', () => {
  it('makes what is missing, networks first, and nothing that is there', () => {
    const wanted = wanting({
      networks: [aNetwork('inner'), aNetwork('outer')],
      secrets: [aFile('key')],
      configs: [aFile('page')],
    })
    const steps = planObjects('green', wanted, [present('network', 'outer'), present('config', 'key')], [])
    expect(inWords(steps)).toEqual([
      'create network inner',
      'create secret key',
      'create config page',
      'remove config key',
    ])
  })

  it('refuses an external one that Swarm has not', () => {
    const wanted = wanting({ secrets: [aFile('key', true)] })
    expect(() => planObjects('green', wanted, [], [])).toThrow(
      /secret key: it is external, and Swarm has none/,
    )
    expect(planObjects('green', wanted, [present('secret', 'key', {})], [])).toEqual([])
  })

  it('removes what the file no longer has, but nothing of others', () => {
    const there = [
      present('config', 'old'),
      present('secret', 'foreign', { [clusterLabel.stack]: 'blue' }),
      present('network', 'by-hand', {}),
    ]
    expect(inWords(planObjects('green', wanting({}), there, []))).toEqual(['remove config old'])
  })

  it('leaves what the services use now: Swarm may go back to it', () => {
    const [spec] = specsOf('name: green\nservices: { a: { image: "a:1" } }')
    if (spec === undefined) throw new Error('no service')
    const { TaskTemplate: task } = spec
    const service = aService({
      ...spec,
      TaskTemplate: {
        ...task,
        Networks: [{ Target: 'id-inner' }],
        ContainerSpec: {
          ...task.ContainerSpec,
          Configs: [{ ConfigID: 'id-page' }],
          Secrets: [{ SecretID: 'id-key' }],
        },
      },
    })
    const there = [
      present('network', 'inner'),
      present('config', 'page'),
      present('secret', 'key'),
      present('config', 'older'),
    ]
    expect(inWords(planObjects('green', wanting({}), there, [service]))).toEqual(['remove config older'])
  })
})
