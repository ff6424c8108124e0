import { expect, it } from 'vitest'
import { isCalled } from '../../../../../src/manager/api/coap/is-called.ts'

it('knows the front service by the application’s name and by its own, and the others by their own', () => {
  const front = { name: 'greenhouse', application: 'greenhouse', service: 'pointer' }
  const other = { name: 'greenhouse.climate', application: 'greenhouse', service: 'climate' }
  expect(
    ['greenhouse', 'greenhouse.pointer', 'greenhouse.climate'].map((name) => isCalled(front, name)),
  ).toEqual([true, true, false])
  expect(['greenhouse', 'greenhouse.climate', 'climate'].map((name) => isCalled(other, name))).toEqual([
    false,
    true,
    false,
  ])
  expect(isCalled(front, undefined)).toBe(false)
})
