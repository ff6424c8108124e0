import { describe, expect, it } from 'vitest'
import { runPaced } from '../../../../services/compute/pace.ts'

const never = new AbortController().signal

/** Work of so many steps, each as heavy as 1,000 comparisons. */
function* steps(count: number): Generator<number, string> {
  for (let step = 0; step < count; step++) yield 1000
  return 'done'
}

describe('paced work', () => {
  it('is done at once when there is little of it', async () => {
    let turns = 0
    const turn = setImmediate(() => turns++)
    expect(await runPaced(steps(10), never)).toBe('done')
    expect(turns).toBe(0)
    clearImmediate(turn)
  })

  it('gives way to others when there is much of it', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    function* busy(): Generator<number, string> {
      const end = performance.now() + 100
      while (performance.now() < end) yield 1000
      return 'done'
    }
    expect(await runPaced(busy(), never)).toBe('done')
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
  })

  it('ends with the reason of its signal', async () => {
    const stopping = new AbortController()
    const work = runPaced(steps(Number.POSITIVE_INFINITY), stopping.signal)
    setImmediate(() => stopping.abort(new Error('the server stops')))
    await expect(work).rejects.toThrow('the server stops')
  })
})
