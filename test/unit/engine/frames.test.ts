import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameSplitter, type LogChunk } from '../../../src/engine/frames.ts'

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(payload.length, 4)
  return Buffer.concat([head, payload])
}

function texts(chunks: readonly LogChunk[]): string[] {
  return chunks.map(({ stream, bytes }) => `${stream} ${bytes.toString()}`)
}

describe('the frames of a container’s log', () => {
  it('tells the two streams apart', () => {
    const splitter = new FrameSplitter()
    const bytes = Buffer.concat([frame(1, 'ready\n'), frame(2, 'oh\n'), frame(1, '')])
    expect(texts(splitter.push(bytes))).toEqual(['stdout ready\n', 'stderr oh\n', 'stdout '])
  })

  it('gives the same frames in whatever pieces the stream comes', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 40 })), { maxLength: 8 })
    fc.assert(
      fc.property(frames, fc.array(fc.nat(60)), (wanted, sizes) => {
        const stream = Buffer.concat(wanted.map(([kind, text]) => frame(kind, text)))
        const splitter = new FrameSplitter()
        const got: string[] = []
        let from = 0
        for (const size of [...sizes, stream.length]) {
          got.push(...texts(splitter.push(stream.subarray(from, from + size))))
          from += size
        }
        expect(got).toEqual(wanted.map(([kind, text]) => `${kind === 1 ? 'stdout' : 'stderr'} ${text}`))
      }),
    )
  })

  it('refuses a stream that is no frames instead of waiting for gigabytes', () => {
    const raw = Buffer.from('GET /.well-known/core from a terminal')
    expect(() => new FrameSplitter().push(raw)).toThrow('not in frames')
  })
})
