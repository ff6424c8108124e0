// What is asked of the servers.
import { createRandom, randomIntegers } from '../../evaluation/random.ts'

export interface Case {
  readonly name: string
  readonly method: 'get' | 'put'
  readonly body: 'small' | 'integers' | 'text'
  /** Requests that are under way at once. */
  readonly lanes: number
  /** Requests of one round. */
  readonly count: number
}

/** The most requests that are under way at once. */
export const laneCount = 32

/** Counts take about a third of a second each, so that a round of all pairs is short against the machine's moods. */
export const cases = {
  smallGet: { name: 'GET of 4 bytes', method: 'get', body: 'small', lanes: 1, count: 3_000 },
  smallGets: {
    name: 'GET of 4 bytes, 32 at once',
    method: 'get',
    body: 'small',
    lanes: laneCount,
    count: 6_400,
  },
  put: { name: 'PUT of 2,000 integers', method: 'put', body: 'integers', lanes: 1, count: 400 },
  puts: {
    name: 'PUT of 2,000 integers, 32 at once',
    method: 'put',
    body: 'integers',
    lanes: laneCount,
    count: 640,
  },
  textGet: { name: 'GET of 10 KB', method: 'get', body: 'text', lanes: 1, count: 400 },
  textGets: { name: 'GET of 10 KB, 32 at once', method: 'get', body: 'text', lanes: laneCount, count: 640 },
} as const satisfies Record<string, Case>

/** Uncounted requests before each series: the socket, the peer and the caches are then there. */
export const warmUpCount = 32

const seed = 2017

/** The same bytes in every process. */
export function makeBody(body: Case['body']): Uint8Array {
  const random = createRandom(seed)
  if (body === 'small') return Buffer.from('21.5')
  if (body === 'integers') return Buffer.from(JSON.stringify(randomIntegers(2_000, 10_000, random)))
  return Buffer.from(randomIntegers(10_240, 26, random).map((letter) => 97 + letter))
}

/** Long bodies have a resource for each lane, since not every server here can tell two transfers to one resource apart. */
export function pathOf(body: Case['body'], lane: number): string {
  return body === 'small' ? '/small' : `/${body}${lane}`
}

export function allPaths(): readonly string[] {
  const lanes = Array.from({ length: laneCount }, (_, lane) => lane)
  return [pathOf('small', 0), ...lanes.flatMap((lane) => [pathOf('integers', lane), pathOf('text', lane)])]
}
