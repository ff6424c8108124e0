// Lines out of pieces of bytes that end anywhere.
import { StringDecoder } from 'node:string_decoder'

/** What is longer is no line of ours. */
const longestLine = 16 * 1024 * 1024

/** Without their ends; what has none at the very end is a line too, unless it is empty. */
export async function* readLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + decoder.write(piece)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) throw new RangeError('a line has no end')
    yield* lines
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}
