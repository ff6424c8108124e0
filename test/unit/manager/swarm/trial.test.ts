import { describe, expect, it } from 'vitest'
import { planDeploy } from '../../../../src/manager/swarm/plan-deploy.ts'
import { canTry, renderTrial } from '../../../../src/manager/swarm/trial.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import type { SwarmServiceSpec } from '../../../../src/model/swarm-service-spec.ts'
import { aService, specsOf } from '../cluster-builders.ts'

const climate = (more = '', ports = '"5683/udp"') => `
name: green
services:
  climate:
    image: shoal/climate:1
    ports: [${ports}]
${more}`

function isTried(before: string, after: string): boolean {
  const [step] = planDeploy(
    specsOf(after),
    specsOf(before).map((spec) => aService(spec)),
  )
  if (step === undefined) throw new Error('no step')
  return canTry(step)
}

function trialOf(compose: string): SwarmServiceSpec {
  const [spec] = specsOf(compose)
  if (spec === undefined) throw new Error('no service')
  return renderTrial(spec)
}

describe('a new version', () => {
  const changed = '    environment: { MODE: fast }\n'

  it('is tried where it can stand beside the old one and says by CoAP whether it is any good', () => {
    expect(isTried(climate(), climate(changed))).toBe(true)
  })

  it.each([
    ['another number', climate('    deploy: { replicas: 3 }')],
    ['nothing that an instance would notice', climate('    deploy: { labels: { a: b } }')],
    ['a fixed port', climate(changed, '"5700:5683/udp"')],
    ['no CoAP', climate(changed, '"80"')],
    ['a fixed order', climate(`${changed}    deploy: { update_config: { order: stop-first } }`)],
    ['one on each node', climate(`${changed}    deploy: { mode: global }`)],
    [
      'something that only one can have',
      climate(
        `${changed}    deploy: { resources: { reservations: { generic_resources: [{ discrete_resource_spec: { kind: laser, value: 1 } }] } } }`,
      ),
    ],
    ['no instance at all', climate(`${changed}    deploy: { replicas: 0 }`)],
  ])('is not tried with %s', (_, after) => {
    expect(isTried(climate(), after)).toBe(false)
  })
})

describe('a trial', () => {
  it('is one instance that is not replaced, and nobody takes it for the service', () => {
    const trial = trialOf(climate('    deploy: { replicas: 3 }\n    x-shoal: { standby: 2 }'))
    expect(trial.Mode).toEqual({ Replicated: { Replicas: 1 } })
    expect(trial.TaskTemplate.RestartPolicy).toEqual({ Condition: 'none' })
    expect(aService(trial).application).toBeUndefined()
    expect(trial.Labels?.[clusterLabel.trial]).toBe('green')
    expect(trial.Labels?.[clusterLabel.stack]).toBeUndefined()
    expect(trial.Labels?.[clusterLabel.coapPort]).toBe('5683')
  })

  it('is watched by the agents like any instance, and never paused', () => {
    const labels = trialOf(climate('    x-shoal: { standby: 2 }')).TaskTemplate.ContainerSpec.Labels
    expect(labels).toMatchObject({ [clusterLabel.application]: 'green', [clusterLabel.coapPort]: '5683' })
    expect(labels).not.toHaveProperty([clusterLabel.standby])
  })

  it('is found by nobody on the networks of the application', () => {
    const trial = trialOf(`${climate()}\n  other: { image: "x:1" }`)
    expect(trial.TaskTemplate.Networks).toEqual([{ Target: 'green_default' }])
  })

  it('has a name that Swarm takes, another for each version', () => {
    const long = climate().replace('climate:', `${'climate-of-the-greenhouse-'.repeat(2)}x:`)
    const names = [climate(), climate('    environment: { A: "1" }'), long].map((file) => trialOf(file).Name)
    expect(new Set(names).size).toBe(3)
    for (const name of names) expect(name).toMatch(/^(?=.{1,63}$)[a-zA-Z0-9]+([-_]*[a-zA-Z0-9]+)*$/)
  })
})
