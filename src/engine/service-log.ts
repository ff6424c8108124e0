// The log of a service: frames whose text begins with a time and with whose line it is.
import { FrameSplitter, type LogChunk } from './frames.ts'

export interface ServiceLogLine {
  readonly stream: 'stdout' | 'stderr'
  /** Milliseconds since 1970 by the node's clock; undefined where the Engine itself speaks. */
  readonly atMs: number | undefined
  /** Swarm's id of the instance; undefined where the Engine itself speaks: of a node that it cannot ask. */
  readonly instanceId: string | undefined
  readonly nodeId: string | undefined
  /** Without its line end. */
  readonly text: string
}

/** The lines of `GET /services/ID/logs` with `timestamps` and `details`, as they come. */
export async function* readServiceLog(pieces: AsyncIterable<Buffer>): AsyncGenerator<ServiceLogLine> {
  const frames = new FrameSplitter()
  for await (const piece of pieces) {
    for (const chunk of frames.push(piece)) yield* linesOf(chunk)
  }
}

const detail = Object.freeze({
  instanceId: /\bcom\.docker\.swarm\.task\.id=([^,\s]+)/,
  nodeId: /\bcom\.docker\.swarm\.node\.id=([^,\s]+)/,
})

/** `2024-02-03T04:05:06.789012345Z com.docker.swarm.node.id=…,com.docker.swarm.task.id=… text` */
function linesOf({ stream, bytes }: LogChunk): ServiceLogLine[] {
  const frame = bytes.toString('utf8').replace(/\r?\n$/, '')
  const [, time = '', details = '', text] = /^(\S+Z) (\S*com\.docker\.swarm\.\S*) ?(.*)$/s.exec(frame) ?? []
  if (text === undefined) {
    return frame === ''
      ? []
      : [{ stream, atMs: undefined, instanceId: undefined, nodeId: undefined, text: frame }]
  }
  const atMs = Date.parse(time)
  return [
    {
      stream,
      atMs: Number.isNaN(atMs) ? undefined : atMs,
      instanceId: detail.instanceId.exec(details)?.[1],
      nodeId: detail.nodeId.exec(details)?.[1],
      text,
    },
  ]
}
