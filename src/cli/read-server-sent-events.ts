// Server-sent events out of a stream (WHATWG HTML §9.2.6), as far as the manager sends them.
import { readLines } from './read-lines.ts'

export interface ServerSentEvent {
  /** The last that was sent: what Last-Event-ID takes up. */
  readonly id: string
  readonly data: string
}

export async function* readServerSentEvents(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<ServerSentEvent, void, void> {
  let id = ''
  let data: string[] = []
  for await (const line of readLines(pieces)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') }
      data = []
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
}
