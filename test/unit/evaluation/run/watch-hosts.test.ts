import { expect, it } from 'vitest'
import { watchHosts } from '../../../../evaluation/run/watch-hosts.ts'
import { until } from '../../../until.ts'

it('tells which host is gone when one is silent and does not answer', async () => {
  const { died, end } = watchHosts({ silentHosts: () => ['worker1'], isWhole: async () => false })
  await until('the host is known to be gone', () => died.aborted)
  await end()
  expect(String(died.reason)).toContain('worker1 did not answer any more')
})

it('lets a host be that is only slow to tell, and asks nobody while all of them tell', async () => {
  let asked = 0
  const slow = watchHosts({
    silentHosts: () => ['worker1'],
    isWhole: async () => {
      asked += 1
      return true
    },
  })
  const well = watchHosts({
    silentHosts: () => [],
    isWhole: async () => {
      throw new Error('asked for nothing')
    },
  })
  await until('somebody is asked', () => asked > 0)
  await Promise.all([slow.end(), well.end()])
  expect(slow.died.aborted || well.died.aborted).toBe(false)
})
