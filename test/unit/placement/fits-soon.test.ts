import { expect, it } from 'vitest'
import { fitsSoon } from '../../../src/placement/fits-soon.ts'
import { whyWithout } from '../../../src/placement/has-generic.ts'
import { aNode } from './builders.ts'

const laser = { id: 'laser-1', capability: 'laser', shared: 1, isPresent: true, absence: '', paths: [] }
const lacks = (isPresent: boolean) =>
  whyWithout({ kind: 'laser', count: 1 }, { genericResources: [] }, [], [{ ...laser, isPresent }])

it('sees a node in one that can, and in one whose Engine only has to offer what is there', () => {
  const node = aNode('worker1')
  expect(fitsSoon([{ node, reasons: ['is drained'] }])).toBe(false)
  expect(fitsSoon([{ node, reasons: [] }])).toBe(true)
  expect(fitsSoon([{ node, reasons: lacks(true) }])).toBe(true)
  expect(fitsSoon([{ node, reasons: lacks(false) }])).toBe(false)
  expect(fitsSoon([{ node, reasons: ['is drained', ...lacks(true)] }])).toBe(false)
})
