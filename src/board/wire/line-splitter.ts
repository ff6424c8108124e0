// Lines out of pieces of bytes that end anywhere; a line without end is refused before it fills the memory.

/** Longest line of a request, in bytes: requests are some dozens. */
export const longestLineBytes = 4096

export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0)

  /** @returns the lines that the piece completes, without their ends; undefined as soon as one is too long */
  push(piece: Buffer): readonly string[] | undefined {
    const lines: string[] = []
    let from = 0
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      if (this.#rest.length + end - from > longestLineBytes) return undefined
      lines.push(Buffer.concat([this.#rest, piece.subarray(from, end)]).toString('utf8'))
      this.#rest = Buffer.alloc(0)
      from = end + 1
    }
    if (this.#rest.length + piece.length - from > longestLineBytes) return undefined
    this.#rest = Buffer.concat([this.#rest, piece.subarray(from)])
    return lines
  }
}
