import { expect, it } from 'vitest'
import { whyEnded } from '../../../../src/manager/swarm/why-ended.ts'

const watched = { answersCoap: true, readyMs: 1500 }

it.each([
  ['task: non-zero exit (2)', 'its program ended with exit code 2'],
  ['task: non-zero exit (1): no space', 'its program ended with exit code 1'],
  [
    'task: non-zero exit (137)',
    'it was killed: it did not answer CoAP within 1.5 s of its start, or took more memory than it may',
  ],
  [
    'starting container failed: exec: "x": not found',
    'it ended: starting container failed: exec: "x": not found',
  ],
])('%s: %s', (error, words) => {
  expect(whyEnded({ error, message: 'started' }, watched)).toBe(words)
})

it('has Swarm’s message where there is no error', () => {
  expect(whyEnded({ error: '', message: 'finished' }, watched)).toBe('it ended: finished')
})

it('does not speak of CoAP where nobody asks', () => {
  const end = { error: 'task: non-zero exit (137)', message: '' }
  expect(whyEnded(end, { answersCoap: false, readyMs: 0 })).not.toContain('CoAP')
})
