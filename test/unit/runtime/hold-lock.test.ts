import { mkdtemp, readdir, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { holdLock } from '../../../src/runtime/hold-lock.ts'

it('lets one work after the other, also after one that failed, and writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-lock-'))
  let inside = 0
  const work = (fails: boolean) =>
    holdLock(folder, async () => {
      inside += 1
      expect(inside).toBe(1)
      await delay(20)
      inside -= 1
      if (fails) throw new Error('failed')
      return 'done'
    })
  const outcomes = await Promise.allSettled([work(false), work(true), work(false)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await readdir(folder)).toEqual([])
  await rmdir(folder)
})
