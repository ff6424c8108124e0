import { expect, it } from 'vitest'
import { withCounts } from '../../../../src/manager/swarm/with-counts.ts'
import { clusterLabel } from '../../../../src/model/cluster/labels.ts'
import { specsOf } from '../cluster-builders.ts'

const specOf = (more: string) => {
  const [spec] = specsOf(`name: green\nservices:\n  a:\n    image: a:1\n${more}`)
  if (spec === undefined) throw new Error('no service')
  return spec
}

it('keeps those on standby beside the active ones', () => {
  const scaled = withCounts(specOf('    deploy: { replicas: 0 }\n    x-shoal: { standby: 2 }'), { active: 3 })
  expect(scaled.Mode.Replicated?.Replicas).toBe(5)
  expect(scaled.Labels?.[clusterLabel.active]).toBe('3')
  expect(scaled.Labels?.[clusterLabel.standby]).toBe('2')
})

it('leaves a service with one instance on each node as it is', () => {
  const spec = specOf('    deploy: { mode: global }')
  expect(withCounts(spec, { active: 3 })).toBe(spec)
})
