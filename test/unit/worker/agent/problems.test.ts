import { expect, it } from 'vitest'
import { Problems } from '../../../../src/worker/agent/problems.ts'

it('are told until they have been quiet for two minutes, the newest last', () => {
  let nowMs = 0
  const problems = new Problems(() => nowMs)
  expect(problems.say('disk full')).toBe(true)
  nowMs = 60_000
  expect(problems.say('no route')).toBe(true)
  expect(problems.say('disk full')).toBe(false)
  expect(problems.texts).toEqual(['no route', 'disk full'])
  nowMs = 180_001
  expect(problems.texts).toEqual([])
  expect(problems.say('disk full')).toBe(true)
})

it('are few and short: a report has to be small', () => {
  const problems = new Problems(() => 0)
  for (let n = 0; n < 20; n += 1) problems.say(`${n} ${'x'.repeat(1000)}`)
  expect(problems.texts.map((text) => text.slice(0, 2))).toEqual(['16', '17', '18', '19'])
  expect(Math.max(...problems.texts.map(({ length }) => length))).toBeLessThanOrEqual(300)
})
