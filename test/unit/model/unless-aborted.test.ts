import { describe, expect, it } from 'vitest'
import { unlessAborted } from '../../../src/model/unless-aborted.ts'

const never = new Promise<never>(() => {})

describe('waiting for shared work', () => {
  it('ends as the work does', async () => {
    const { signal } = new AbortController()
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7)
    await expect(unlessAborted(Promise.reject(new Error('badly')), signal)).rejects.toThrow('badly')
  })

  it('ends for the one whose signal comes, and for nobody else', async () => {
    let finish: (value: number) => void = () => {}
    const work = new Promise<number>((resolve) => {
      finish = resolve
    })
    const impatient = new AbortController()
    const gone = unlessAborted(work, impatient.signal)
    const stays = unlessAborted(work, new AbortController().signal)
    impatient.abort(new Error('enough'))
    await expect(gone).rejects.toThrow('enough')
    finish(7)
    expect(await stays).toBe(7)
  })

  it('does not begin to wait when the signal has come already', async () => {
    await expect(unlessAborted(never, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
