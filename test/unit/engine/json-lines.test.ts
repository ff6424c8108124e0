import { describe, expect, it } from 'vitest'
import { readJsonLines } from '../../../src/engine/json-lines.ts'

async function read(...pieces: readonly (string | Buffer)[]): Promise<unknown[]> {
  const values: unknown[] = []
  for await (const value of readJsonLines(chunks(pieces))) values.push(value)
  return values
}

async function* chunks(pieces: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

describe('the Engine’s progress stream', () => {
  it('is one value a line', async () => {
    expect(await read('{"a":1}\r\n{"a":2}\r\n')).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('may break anywhere, within a character too', async () => {
    const bytes = Buffer.from('{"name":"größe"}\n{"b":2}')
    const at = bytes.indexOf(0xb6)
    expect(await read(bytes.subarray(0, at), bytes.subarray(at))).toEqual([{ name: 'größe' }, { b: 2 }])
  })

  it('fails for what is no JSON', async () => {
    await expect(read('<html>\n')).rejects.toThrow(SyntaxError)
  })

  it('does not gather a line without end', async () => {
    await expect(read(...Array.from({ length: 40 }, () => 'x'.repeat(1 << 16)))).rejects.toThrow(
      'does not end',
    )
  })
})
