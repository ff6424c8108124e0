// Items as a body that goes on: lines of JSON, lines of text, server-sent events.
import { Readable } from 'node:stream'
import type { EventAnswer } from '../../../model/api/event.ts'
import type { StreamReply } from './api-reply.ts'
import { withHeartbeat } from './with-heartbeat.ts'

/** A third of what a client waits at most (src/cli/manager-client.ts). */
const heartbeatMs = 10_000

/** One JSON value a line; an empty line says that the stream is alive, and that it has begun. */
export function jsonLines(items: AsyncIterable<unknown>): StreamReply {
  return {
    mediaType: 'application/x-ndjson',
    stream: streamOf(items, (item) => `${item === undefined ? '' : JSON.stringify(item)}\n`),
  }
}

/** No heartbeat: it would be a line of the text. */
export function textLines(lines: AsyncIterable<string>): StreamReply {
  return {
    mediaType: 'text/plain',
    stream: Readable.from(
      (async function* () {
        for await (const line of lines) yield `${line}\n`
      })(),
      { objectMode: false },
    ),
  }
}

/**
 * WHATWG HTML §9.2.
 * @param session goes into the ids, so that a client which comes back after a restart of the manager misses nothing
 */
export function serverSentEvents(events: AsyncIterable<EventAnswer>, session: string): StreamReply {
  return {
    mediaType: 'text/event-stream',
    stream: streamOf(events, (event) =>
      event === undefined
        ? ': alive\n\n'
        : `id: ${session}-${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
    ),
  }
}

function streamOf<Item>(items: AsyncIterable<Item>, render: (item: Item | undefined) => string): Readable {
  return Readable.from(
    (async function* () {
      // At once: the client learns that it is connected.
      yield render(undefined)
      for await (const item of withHeartbeat(items, heartbeatMs)) yield render(item)
    })(),
    { objectMode: false },
  )
}
