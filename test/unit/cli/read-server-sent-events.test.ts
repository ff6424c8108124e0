import { describe, expect, it } from 'vitest'
import { readLines } from '../../../src/cli/read-lines.ts'
import { readServerSentEvents } from '../../../src/cli/read-server-sent-events.ts'

/** One byte at a time: no boundary of a piece may matter. */
async function* byteByByte(text: string): AsyncGenerator<Buffer> {
  for (const byte of Buffer.from(text)) yield Buffer.of(byte)
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('lines', () => {
  it('come whole, whatever pieces the bytes arrive in', async () => {
    expect(await all(readLines(byteByByte('früh\n\nspät\nohne Ende')))).toEqual([
      'früh',
      '',
      'spät',
      'ohne Ende',
    ])
    expect(await all(readLines(byteByByte('')))).toEqual([])
  })
})

describe('server-sent events', () => {
  it('have the last id that was sent, and their data', async () => {
    const text =
      ': alive\n\nid: a-1\nevent: node-joined\ndata: {"id":1}\n\n: alive\n\nid:a-2\ndata: one\ndata: two\n\n'
    expect(await all(readServerSentEvents(byteByByte(text)))).toEqual([
      { id: 'a-1', data: '{"id":1}' },
      { id: 'a-2', data: 'one\ntwo' },
    ])
  })

  it('are dropped when the stream ends in the middle of one', async () => {
    expect(await all(readServerSentEvents(byteByByte('id: a-1\ndata: {"id"')))).toEqual([])
  })
})
