import { describe, expect, it } from 'vitest'
import { activeOf, planDeploy, renderDeployPlan } from '../../../../src/manager/swarm/plan-deploy.ts'
import { withCounts } from '../../../../src/manager/swarm/with-counts.ts'
import { withBars } from '../../../../src/model/cluster/bars.ts'
import { aService, specsOf } from '../cluster-builders.ts'

const climate = (more = '', image = 'shoal/climate:1') => `
name: green
services:
  climate:
    image: ${image}
    ports: ["5683/udp"]
${more}`

describe('planning a deployment', () => {
  it('creates what is not there', () => {
    const steps = planDeploy(specsOf(climate()), [])
    expect(steps.map(({ kind }) => kind)).toEqual(['create'])
    expect(renderDeployPlan('green', steps)).toBe('green:\n  + create climate: 1 active, shoal/climate:1')
  })

  it('keeps what is the same, whatever Swarm filled in', () => {
    const [spec] = specsOf(climate())
    if (spec === undefined) throw new Error('no service')
    const filled = { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: 0 } }
    expect(planDeploy(specsOf(climate()), [aService(filled)]).map(({ kind }) => kind)).toEqual(['keep'])
  })

  it('says in words what an update changes', () => {
    const present = specsOf(climate('    environment: { MODE: slow }')).map((spec) => aService(spec))
    const [step] = planDeploy(
      specsOf(climate('    environment: { MODE: fast, X: "1" }\n    command: [a]'), 'b'),
      present,
    )
    expect(step?.kind).toBe('update')
    expect(step?.kind === 'update' && step.changes).toEqual([
      'image climate:1@aaaaaaaaaaaa → climate:1@bbbbbbbbbbbb',
      'environment MODE',
      'environment X',
      'command',
    ])
  })

  it('takes another number for no new version', () => {
    const present = specsOf(climate()).map((spec) => aService(spec))
    const [step] = planDeploy(
      specsOf(climate('    deploy: { replicas: 3 }\n    x-shoal: { standby: 1 }')),
      present,
    )
    // A standby changes the label of the containers too.
    expect(step?.kind).toBe('update')
    const [scaled] = planDeploy(specsOf(climate('    deploy: { replicas: 3 }')), present)
    expect(scaled?.kind === 'scale' && scaled.changes).toEqual(['active 1 → 3'])
  })

  it('sees no change in where a service may run at the moment', () => {
    const needing = climate('    x-shoal: { needs: [humidity] }')
    const present = specsOf(needing).map((spec) => aService(withBars(spec, ['n1'])))
    expect(planDeploy(specsOf(needing), present).map(({ kind }) => kind)).toEqual(['keep'])
    const wanted = specsOf(
      climate('    labels: {}\n    x-shoal: { needs: [humidity] }\n    deploy: { labels: { a: b } }'),
    )
    const [step] = planDeploy(
      wanted.map((spec) => withBars(spec, ['n2'])),
      present,
    )
    expect(step).toMatchObject({ kind: 'update', changes: ['settings'], isRolling: false })
  })

  it('removes what the file no longer has', () => {
    const present = specsOf(`${climate()}\n  old:\n    image: shoal/old:1`).map((spec) => aService(spec))
    const steps = planDeploy(specsOf(climate()), present)
    expect(steps.find(({ service }) => service === 'old')?.kind).toBe('remove')
  })

  it('tells whether Swarm makes the instances anew', () => {
    const present = specsOf(climate()).map((spec) => aService(spec))
    const isRolling = (file: string): boolean | undefined => {
      const [step] = planDeploy(specsOf(file), present)
      return step?.kind === 'update' ? step.isRolling : undefined
    }
    expect(isRolling(climate('    environment: { MODE: fast }'))).toBe(true)
    expect(isRolling(climate('    deploy: { labels: { a: b } }'))).toBe(false)
    expect(isRolling(climate('    deploy: { replicas: 2 }'))).toBeUndefined()
  })

  it('does not take the ids that Swarm gives networks, and what it fills in, for changes', () => {
    const file = (mode: string) => `${climate(`    environment: { MODE: ${mode} }`)}
  store: { image: "shoal/store:1" }`
    const asSwarmHasIt = specsOf(file('slow')).map((spec) =>
      aService({
        ...spec,
        TaskTemplate: {
          ...spec.TaskTemplate,
          Runtime: 'container',
          Networks: [{ Target: 'n123', Aliases: spec.TaskTemplate.Networks?.[0]?.Aliases ?? [] }],
          ContainerSpec: { ...spec.TaskTemplate.ContainerSpec, Isolation: 'default', DNSConfig: {} },
        },
      }),
    )
    const [step] = planDeploy(specsOf(file('fast')), asSwarmHasIt, new Map([['n123', 'green_default']]))
    expect(step?.kind === 'update' && step.changes).toEqual(['environment MODE'])
  })

  it('shows what is made before the services and what is removed after them', () => {
    const steps = planDeploy(specsOf(climate()), [])
    const network = { name: 'green_default' } as const
    const text = renderDeployPlan('green', steps, [
      { kind: 'remove', object: 'config', name: 'green_old', id: 'x' },
      {
        kind: 'create',
        object: 'network',
        name: network.name,
        network: {
          ...network,
          external: false,
          driver: 'overlay',
          driverOptions: {},
          attachable: false,
          internal: false,
          labels: {},
        },
      },
    ])
    expect(text.split('\n')).toEqual([
      'green:',
      '  + create network green_default',
      '  + create climate: 1 active, shoal/climate:1',
      '  - remove config green_old: nothing uses it',
    ])
  })
})

describe('how many are to be active', () => {
  const present = (more: string, active: number) => {
    const [spec] = specsOf(climate(more))
    if (spec === undefined) throw new Error('no service')
    return aService(withCounts(spec, { active }))
  }

  it('is what the file says, at first and when it says something new', () => {
    expect(activeOf(2, undefined)).toBe(2)
    expect(activeOf(3, present('    deploy: { replicas: 2 }', 5))).toBe(3)
  })

  it('is what was set since while the file says the same', () => {
    expect(activeOf(2, present('    deploy: { replicas: 2 }', 5))).toBe(5)
    expect(activeOf(0, present('    deploy: { replicas: 0 }', 1))).toBe(1)
  })

  it('is what the file says where the service is not of Shoal’s making', () => {
    const [spec] = specsOf(climate())
    if (spec === undefined) throw new Error('no service')
    expect(activeOf(2, aService({ ...spec, Labels: {} }))).toBe(2)
  })
})
