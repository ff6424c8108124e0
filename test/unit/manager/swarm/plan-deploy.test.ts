import { describe, expect, it } from 'vitest'
import { planDeploy, renderDeployPlan } from '../../../../src/manager/swarm/plan-deploy.ts'
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

  it('removes what the file no longer has', () => {
    const present = specsOf(`${climate()}\n  old:\n    image: shoal/old:1`).map((spec) => aService(spec))
    const steps = planDeploy(specsOf(climate()), present)
    expect(steps.find(({ service }) => service === 'old')?.kind).toBe('remove')
  })
})
