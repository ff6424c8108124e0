// A child of the bench: sends requests with the client named in argv, as its parent says, and reports each one's time.
import process from 'node:process'
import { type ClientKind, clientKinds, type LoadClient, openClient } from './clients.ts'
import { type Case, makeBody, pathOf, warmUpCount } from './workload.ts'

export interface LoadOrder {
  readonly port: number
  /** `store`: PUTs what the GETs of the case will ask for, once. */
  readonly task: 'store' | 'measure'
  readonly load: Case
}

export interface LoadResult {
  /** Of the requests that were answered rightly, in the order of their answers. */
  readonly responseTimesMs: readonly number[]
  readonly elapsedMs: number
  /** Requests without an answer, with an error code, or with other bytes than were stored. */
  readonly failures: number
  /** Why the first of them failed. */
  readonly firstFailure: string | undefined
}

const kind = clientKinds.find((each) => each === process.argv[2])
if (kind !== undefined && process.send !== undefined) serveParent(kind, process.send.bind(process))

function serveParent(kind: ClientKind, answer: (result: LoadResult) => void): void {
  process.on('message', (order: LoadOrder) => void run(kind, order).then(answer))
  process.on('disconnect', () => process.exit())
}

async function run(kind: ClientKind, { port, task, load }: LoadOrder): Promise<LoadResult> {
  const client = openClient(kind, port)
  try {
    if (task === 'store') return await send(client, { ...load, method: 'put', count: load.lanes })
    await send(client, { ...load, count: warmUpCount })
    return await send(client, load)
  } finally {
    await client.stop()
  }
}

async function send(client: LoadClient, { method, body, lanes, count }: Case): Promise<LoadResult> {
  const responseTimesMs: number[] = []
  const bytes = makeBody(body)
  let begun = 0
  let failures = 0
  let firstFailure: string | undefined
  const runLane = async (lane: number) => {
    const path = pathOf(body, lane)
    while (begun < count) {
      begun++
      const beganAtMs = performance.now()
      try {
        const answer = method === 'put' ? await client.put(path, bytes) : await client.get(path)
        const responseTimeMs = performance.now() - beganAtMs
        if (!answer.isSuccess) throw new Error(`${method} ${path}: an error code`)
        if (method === 'get' && Buffer.compare(answer.body, bytes) !== 0)
          throw new Error(`${method} ${path}: other bytes than were stored`)
        responseTimesMs.push(responseTimeMs)
      } catch (error) {
        failures++
        firstFailure ??= String(error)
      }
    }
  }
  const beganAtMs = performance.now()
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)))
  return { responseTimesMs, elapsedMs: performance.now() - beganAtMs, failures, firstFailure }
}
