import { expect, it } from 'vitest'
import { barsOf, withBars } from '../../../../src/model/cluster/bars.ts'
import { specOf } from '../cluster-reading.ts'

const constraintsOf = (spec: ReturnType<typeof specOf>): readonly string[] =>
  spec.TaskTemplate.Placement?.Constraints ?? []

it('stand behind the constraints of the user, and in a label', () => {
  const spec = specOf('deploy: {placement: {constraints: [node.role == worker]}}')
  const barred = withBars(spec, ['b', 'a', 'b'])
  expect(constraintsOf(barred)).toEqual([...constraintsOf(spec), 'node.id!=a', 'node.id!=b'])
  expect(barred.Labels).toEqual({ ...spec.Labels, 'shoal.barred': 'a,b' })
  expect(barsOf(barred)).toEqual(['a', 'b'])
})

it('replace those that were there, and leave nothing behind', () => {
  const spec = specOf('')
  const barred = withBars(spec, ['a'])
  expect(withBars(barred, ['c'])).toEqual(withBars(spec, ['c']))
  expect(withBars(barred, [])).toEqual(spec)
  expect(withBars(spec, [])).toBe(spec)
})

it('leave a constraint of the user that says the same', () => {
  const spec = specOf('deploy: {placement: {constraints: [node.id != a]}}')
  expect(withBars(withBars(spec, ['a']), [])).toEqual(spec)
})
