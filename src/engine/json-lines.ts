// The progress streams of the Engine: one JSON value after the other, each on a line.
import { StringDecoder } from 'node:string_decoder'

/** Longer lines than any that an Engine writes; a stream without line ends must not fill our memory. */
const maxLineCharacters = 1 << 20

/** The values of the stream as they come. Throws SyntaxError for what is no JSON. */
export async function* readJsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
    if (rest.length > maxLineCharacters) throw new SyntaxError('a line of the Engine’s answer does not end')
  }
  rest += decoder.end()
  if (rest.trim() !== '') yield JSON.parse(rest)
}
