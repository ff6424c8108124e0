import { expect, it } from 'vitest'
import { type Part, StartedParts } from '../../../src/manager/started-parts.ts'

const never = new AbortController().signal

function aPart(name: string, calls: string[], failing: 'start' | 'stop' | 'nothing' = 'nothing'): Part {
  const call = (verb: 'start' | 'stop'): void => {
    calls.push(`${verb} ${name}`)
    if (failing === verb) throw new Error(`cannot ${verb} ${name}`)
  }
  return { name, start: () => call('start'), stop: () => call('stop') }
}

it('stops what it started, the last one first, and only once', async () => {
  const calls: string[] = []
  const parts = new StartedParts()
  for (const name of ['a', 'b', 'c']) await parts.start(aPart(name, calls), never)
  await parts.stop()
  await parts.stop()
  expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
})

it('undoes all that was started when a part does not start, and says why it did not', async () => {
  const calls: string[] = []
  const parts = new StartedParts()
  await parts.start(aPart('a', calls, 'stop'), never)
  await parts.start(aPart('b', calls), never)
  await expect(parts.start(aPart('c', calls, 'start'), never)).rejects.toThrow('cannot start c')
  expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
})

it('stops the others when one does not stop, and tells of it at the end', async () => {
  const calls: string[] = []
  const parts = new StartedParts()
  await parts.start(aPart('a', calls), never)
  await parts.start(aPart('b', calls, 'stop'), never)
  await expect(parts.stop()).rejects.toThrow('cannot stop b')
  expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a'])
})

it('starts nothing more once it was told to stop', async () => {
  const calls: string[] = []
  await expect(new StartedParts().start(aPart('a', calls), AbortSignal.abort())).rejects.toThrow()
  expect(calls).toEqual([])
})
