import { expect, it } from 'vitest'
import { withClearing } from '../../../../evaluation/scenarios/with-clearing.ts'

it('clears up after what succeeds, and after what fails', async () => {
  const done: string[] = []
  const clear = async (signal: AbortSignal) => {
    done.push(signal.aborted ? 'too late' : 'cleared')
  }
  await expect(withClearing(async () => 7, clear)).resolves.toBe(7)
  await expect(withClearing(() => Promise.reject(new Error('no answer')), clear)).rejects.toThrow('no answer')
  expect(done).toEqual(['cleared', 'cleared'])
})

it('tells the first failure, and that of clearing up where it is the only one', async () => {
  const clear = () => Promise.reject(new Error('not removed'))
  await expect(withClearing(() => Promise.reject(new Error('no answer')), clear)).rejects.toThrow('no answer')
  await expect(withClearing(async () => 7, clear)).rejects.toThrow('not removed')
})
