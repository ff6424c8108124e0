// The log stream of a container without a terminal: frames of 8 bytes head and then payload.
// https://docs.docker.com/reference/api/engine/, "Attach to a container", stream format.

export interface LogChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Buffer
}

const headBytes = 8

/** The Engine's frames hold at most 64 KiB; a head that says more is none. */
const maxFrameBytes = 1 << 24

/** Takes the stream in whatever pieces it comes and hands out whole frames; keeps what is left for the next piece. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0)

  push(piece: Buffer): LogChunk[] {
    let buffer = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const chunks: LogChunk[] = []
    while (buffer.length >= headBytes) {
      const end = headBytes + buffer.readUInt32BE(4)
      if (end > maxFrameBytes) throw new RangeError('the log is not in frames: its container has a terminal')
      if (buffer.length < end) break
      // 0 is stdin, which the Engine writes to stdout; 3 is an error of the Engine's own.
      chunks.push({
        stream: (buffer[0] ?? 0) >= 2 ? 'stderr' : 'stdout',
        bytes: buffer.subarray(headBytes, end),
      })
      buffer = buffer.subarray(end)
    }
    this.#rest = buffer
    return chunks
  }
}
