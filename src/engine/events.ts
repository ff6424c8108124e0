// What happens at an Engine, as it happens: containers of its own and, at a manager, nodes and services of the Swarm.
import type { CallOptions, EngineApi } from './api.ts'
import { readJsonLines } from './json-lines.ts'
import { asNumber, asRecord, asText, asTextMap } from './wire.ts'

export interface EngineEvent {
  /** `container`, `service`, `node`, `config` … Swarm sends none for tasks. */
  readonly type: string
  /** `create`, `start`, `die`, `update`, `remove`, `health_status: healthy` … */
  readonly action: string
  /** Of the thing that it happened to. */
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
  /** Milliseconds since 1970 by the Engine's clock. */
  readonly timeMs: number
}

export interface EventOptions extends CallOptions {
  /** `{ type: ['node', 'service'] }`; as the Engine API names them. */
  readonly filters?: Readonly<Record<string, readonly string[]>>
  /** Unix time in seconds: those since then come first. */
  readonly since?: number | undefined
  /** Called when the Engine listens: what happens from now on is told. */
  readonly onOpen?: () => void
}

export class Events {
  readonly #api: EngineApi

  constructor(api: EngineApi) {
    this.#api = api
  }

  /** Ends when the Engine ends the stream; throws CONNECTION_LOST when it dies, INTERRUPTED when the signal comes. */
  follow({
    filters = {},
    since,
    onOpen,
    signal,
    deadlineMs,
  }: EventOptions = {}): AsyncGenerator<EngineEvent> {
    return this.#api.follow(
      {
        action: 'follow',
        object: 'events',
        method: 'GET',
        path: '/events',
        query: { filters, since },
        signal,
        deadlineMs,
      },
      readEvents,
      onOpen,
    )
  }
}

async function* readEvents(answer: AsyncIterable<Buffer>): AsyncGenerator<EngineEvent> {
  for await (const line of readJsonLines(answer)) {
    const wire = asRecord(line)
    const actor = asRecord(wire.Actor)
    yield {
      type: asText(wire.Type),
      action: asText(wire.Action),
      id: asText(actor.ID),
      attributes: asTextMap(actor.Attributes),
      timeMs: Math.floor(asNumber(wire.timeNano) / 1e6),
    }
  }
}
