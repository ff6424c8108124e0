import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { together } from '../../../lab/together.ts'

const never = new AbortController().signal

describe('tasks run together', () => {
  it('are all done at the end', async () => {
    const done: number[] = []
    const task = (ms: number) => async () => {
      await sleep(ms)
      done.push(ms)
    }
    await together([task(5), task(1), task(3)], never)
    expect(done.sort()).toEqual([1, 3, 5])
  })

  it('are stopped by the first failure, which is thrown after all have ended', async () => {
    const ended: string[] = []
    const fails = async () => {
      await sleep(1)
      throw new Error('the first')
    }
    const waits = async (signal: AbortSignal) => {
      await sleep(60_000, undefined, { signal }).catch(() => {})
      await sleep(5)
      ended.push('waits')
      throw new Error('the second')
    }
    await expect(together([waits, fails], never)).rejects.toThrow('the first')
    expect(ended).toEqual(['waits'])
  })

  it('are stopped by the signal, whose reason is thrown', async () => {
    const stop = new AbortController()
    const waits = (signal: AbortSignal) => sleep(60_000, undefined, { signal })
    const all = together([waits, waits], stop.signal)
    stop.abort(new Error('enough'))
    await expect(all).rejects.toThrow('enough')
  })
})
