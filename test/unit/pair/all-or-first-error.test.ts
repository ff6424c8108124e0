import { describe, expect, it } from 'vitest'
import { ShoalError } from '../../../src/model/errors.ts'
import { allOrFirstError } from '../../../src/pair/all-or-first-error.ts'
import { interruption } from '../../../src/pair/interruption.ts'

const never = new AbortController().signal

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(interruption('wait', 'it'))),
  )
}

function failure(reason: string): ShoalError {
  return new ShoalError('PORT_TAKEN', { action: 'start', object: 'it', reason })
}

describe('several things of which each is needed', () => {
  it('gives the results in the order of the things', async () => {
    const later = Promise.withResolvers<number>()
    const results = allOrFirstError([1, 2], never, (item) => {
      if (item === 1) return later.promise
      later.resolve(10)
      return Promise.resolve(20)
    })
    expect(await results).toEqual([10, 20])
  })

  it('stops the others when one fails, and tells that failure', async () => {
    const results = allOrFirstError(['waits', 'fails'], never, (item, signal) =>
      item === 'waits' ? stopped(signal) : Promise.reject(failure('port 1')),
    )
    await expect(results).rejects.toThrow('port 1')
  })

  it('rejects only when nothing is under way any more', async () => {
    const slow = Promise.withResolvers<void>()
    const events: string[] = []
    const results = allOrFirstError(['slow', 'fails'], never, async (item) => {
      if (item === 'fails') throw failure('port 1')
      await slow.promise
      events.push('slow has ended')
    }).catch(() => events.push('rejected'))
    await new Promise((resolve) => setImmediate(resolve))
    slow.resolve()
    await results
    expect(events).toEqual(['slow has ended', 'rejected'])
  })

  it('passes on that the user has stopped it', async () => {
    const user = new AbortController()
    const results = allOrFirstError([1, 2], user.signal, (_, signal) => stopped(signal))
    user.abort()
    await expect(results).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})
