import { describe, expect, it } from 'vitest'
import { BoundedQueue } from '../../../../../src/manager/api/http/bounded-queue.ts'
import { withHeartbeat } from '../../../../../src/manager/api/http/with-heartbeat.ts'

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('a stream with a heartbeat', () => {
  it('gives the items as they are, and a beat for each time that none comes', async () => {
    const queue = new BoundedQueue<string>({ mostItems: 10 })
    queue.push('one')
    const seen: (string | undefined)[] = []
    for await (const item of withHeartbeat(queue, 20)) {
      seen.push(item)
      if (seen.length === 3) {
        queue.push('two')
        queue.close()
      }
    }
    expect(seen).toEqual(['one', undefined, undefined, 'two'])
  })

  it('ends its source when its reader stops', async () => {
    let isEnded = false
    const source = (async function* () {
      try {
        for (;;) yield 'more'
      } finally {
        isEnded = true
      }
    })()
    for await (const item of withHeartbeat(source, 1000)) {
      expect(item).toBe('more')
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(isEnded).toBe(true)
  })

  it('passes on what the source throws', async () => {
    const source = (async function* () {
      yield 'one'
      throw new Error('broken')
    })()
    await expect(all(withHeartbeat(source, 1000))).rejects.toThrow('broken')
  })
})

describe('a bounded queue', () => {
  it('gives what it holds after it was closed', async () => {
    const queue = new BoundedQueue<number>({ mostItems: 2 })
    queue.push(1)
    queue.push(2)
    queue.close()
    queue.push(3)
    expect(await all(queue)).toEqual([1, 2])
  })

  it('ends when more comes than it may hold: no reader is told a part', async () => {
    const queue = new BoundedQueue<number>({ mostItems: 2 })
    for (const item of [1, 2, 3]) queue.push(item)
    expect(await all(queue)).toEqual([])
  })
})
