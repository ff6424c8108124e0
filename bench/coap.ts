// The CoAP room beside libcoap (C), node-coap and the least that would do, on loopback: every server and every client in a process of
// its own, in rounds that take each pair once in shuffled order.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRandom, shuffle } from '../evaluation/random.ts'
import { type ClientKind, clientKinds } from './coap/clients.ts'
import { LoadProcess } from './coap/load-process.ts'
import { measureMemory } from './coap/memory.ts'
import { checkGoals, renderMemory, renderSeries } from './coap/report.ts'
import { type Pair, Series } from './coap/series.ts'
import { type ServerKind, type ServerProcess, serverKinds, startServer } from './coap/server-process.ts'
import { cases } from './coap/workload.ts'
import { type BenchContext, type BenchResult, readSetting, renderGoals } from './result.ts'

/** node-coap's client asks node-coap alone, and nobody else asks it: it keeps blockwise transfers by token. */
const pairs: readonly Pair[] = [
  { server: 'shoal', client: 'shoal' },
  { server: 'sketch', client: 'sketch' },
  { server: 'shoal', client: 'sketch' },
  { server: 'libcoap', client: 'shoal' },
  { server: 'libcoap', client: 'sketch' },
  { server: 'node-coap', client: 'node-coap' },
]

const rounds = 13
const seed = 7252

export async function benchCoap({ signal, progress }: BenchContext): Promise<BenchResult> {
  const setting = readSetting(readVersions())
  const servers = new Map<ServerKind, ServerProcess>()
  const clients = new Map<ClientKind, LoadProcess>(clientKinds.map((kind) => [kind, new LoadProcess(kind)]))
  const means = { servers, clients, signal, progress }
  try {
    for (const kind of serverKinds) {
      if (kind !== 'libcoap') servers.set(kind, await startServer(kind, signal))
    }
    const series = await measureSeries(means)
    const memory = await measureMemories(means)
    const residents = Object.fromEntries(memory.map(({ kind, residentMiB }) => [kind, residentMiB]))
    const goals = checkGoals(series, residents)
    return {
      name: 'coap',
      setting,
      samples: Object.fromEntries([
        ...series.map(({ name, figures }) => [name, figures]),
        ...memory.map(({ kind, residentMiB }) => [
          `memory of ${kind}, every 10,000 small GETs`,
          { residentMiB },
        ]),
      ]),
      failures: Object.fromEntries([
        ...series.map(({ name, failures }) => [name, failures]),
        ...memory.map(({ kind, failures }) => [`memory of ${kind}, every 10,000 small GETs`, failures]),
      ]),
      goals,
      report: [renderSeries(series), renderMemory(residents), renderGoals(goals)].join('\n\n'),
    }
  } finally {
    for (const process of [...servers.values(), ...clients.values()]) process.stop()
  }
}

interface Means {
  readonly servers: ReadonlyMap<ServerKind, ServerProcess>
  readonly clients: ReadonlyMap<ClientKind, LoadProcess>
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

async function measureSeries({ servers, clients, signal, progress }: Means): Promise<readonly Series[]> {
  const loads = Object.values(cases)
  const series = loads.flatMap((load) => pairs.map((pair) => new Series(pair, load)))
  const random = createRandom(seed)
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? 'warms up' : `round ${round} of ${rounds}`)
    for (const load of loads) {
      const sameLoad = series.filter((each) => each.load === load)
      for (const one of shuffle(sameLoad, random)) {
        const client = take(clients, one.pair.client)
        const failure = await withServer(one.pair.server, servers, signal, (server) =>
          one.measure(server, client, round > 0, signal),
        )
        if (failure !== undefined) progress(`${one.name}: ${failure}`)
      }
    }
  }
  return series
}

/**
 * Servers that run JavaScript stay up and warm. libcoap's is started for each series: it keeps what it heard of finished transfers for
 * minutes, looks through all of it at each datagram, and would be ten times slower by the last round.
 */
async function withServer<Result>(
  kind: ServerKind,
  servers: ReadonlyMap<ServerKind, ServerProcess>,
  signal: AbortSignal,
  use: (server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  const warm = servers.get(kind)
  if (warm !== undefined) return await use(warm)
  const fresh = await startServer(kind, signal)
  try {
    return await use(fresh)
  } finally {
    fresh.stop()
  }
}

interface ServerMemory {
  readonly kind: ServerKind
  readonly residentMiB: readonly number[]
  readonly failures: number
}

async function measureMemories({ clients, signal, progress }: Means): Promise<readonly ServerMemory[]> {
  const memories: ServerMemory[] = []
  for (const kind of serverKinds) {
    progress(`memory of ${kind}`)
    const server = await startServer(kind, signal)
    try {
      memories.push({ kind, ...(await measureMemory(server, take(clients, 'sketch'), signal)) })
    } finally {
      server.stop()
    }
  }
  return memories
}

function take<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`there is no ${key}`)
  return value
}

function readVersions(): Readonly<Record<string, string>> {
  const status = execFileSync('dpkg-query', ['--status', 'libcoap3-bin'], { encoding: 'utf8' })
  const manifest = readFileSync(new URL('../node_modules/coap/package.json', import.meta.url), 'utf8')
  return {
    libcoap: /^Version: (.*)$/m.exec(status)?.[1] ?? 'unknown',
    'node-coap': JSON.parse(manifest).version,
  }
}
