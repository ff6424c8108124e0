// The tables and goals of the CoAP bench.
import { checkRatioGoal, type Goal, renderMarkdownTable, renderMedian } from '../result.ts'
import type { Pair, Series } from './series.ts'
import type { ServerKind } from './server-process.ts'
import { type Case, cases } from './workload.ts'

/** Resident memory after so many requests may be at most this times that after half as many. */
const flatness = 1.1

export function renderSeries(series: readonly Series[]): string {
  const tables = Object.values(cases).map((load) =>
    [
      `**${load.name}**`,
      renderMarkdownTable(
        ['server', 'client', 'p50, µs', 'p99, µs', 'requests a second', 'server CPU a request, µs', 'failed'],
        series
          .filter((each) => each.load === load)
          .map(({ pair, figures, failures }) => [
            pair.server,
            pair.client,
            renderMedian(figures.p50Us, 0),
            renderMedian(figures.p99Us, 0),
            renderMedian(figures.requestsPerSecond, 0),
            renderMedian(figures.serverCpuUs, 1),
            String(failures),
          ]),
      ),
    ].join('\n\n'),
  )
  return tables.join('\n\n')
}

export type Memory = Readonly<Partial<Record<ServerKind, readonly number[]>>>

export function renderMemory(memory: Memory): string {
  return renderMarkdownTable(
    ['server', 'at start, MiB', 'after 30,000 small GETs', 'after 60,000'],
    Object.entries(memory).map(([server, residentMiB]) => [
      server,
      ...[0, 3, 6].map((step) => (residentMiB[step] ?? Number.NaN).toFixed(1)),
    ]),
  )
}

export function checkGoals(series: readonly Series[], memory: Memory): readonly Goal[] {
  const find = (load: Case, server: ServerKind, client: Pair['client']) => {
    const found = series.find(
      (each) => each.load === load && each.pair.server === server && each.pair.client === client,
    )
    if (found === undefined) throw new Error(`${load.name} was not measured on ${server} asked by ${client}`)
    return found.figures
  }
  const ours = (load: Case) => find(load, 'shoal', 'shoal')
  const sketch = (load: Case) => find(load, 'sketch', 'sketch')
  const { smallGet, smallGets, put } = cases
  return [
    check(`${smallGet.name}: p50 at most that of the sketch`, ours(smallGet).p50Us, sketch(smallGet).p50Us),
    check(
      `${smallGets.name}: the sketch's requests a second at most ours`,
      sketch(smallGets).requestsPerSecond,
      ours(smallGets).requestsPerSecond,
    ),
    check(`${put.name}: p50 at most that of the sketch`, ours(put).p50Us, sketch(put).p50Us),
    check(
      `${smallGet.name}: server CPU a request at most that of the sketch, both asked by the sketch`,
      find(smallGet, 'shoal', 'sketch').serverCpuUs,
      sketch(smallGet).serverCpuUs,
    ),
    checkFlat(memory.shoal ?? []),
  ]
}

/** A side that failed too often for an interval misses the goal. */
function check(goal: string, measured: readonly number[], reference: readonly number[]): Goal {
  const count = Math.min(measured.length, reference.length)
  if (count < 6) return { goal, figure: `only ${count} rounds gave a value`, met: false }
  return checkRatioGoal(goal, measured, reference, 1)
}

function checkFlat(residentMiB: readonly number[]): Goal {
  const [half = Number.NaN, full = Number.NaN] = [residentMiB[3], residentMiB[6]]
  return {
    goal: `resident memory after 60,000 small GETs at most ${flatness} of that after 30,000`,
    figure: `${full.toFixed(1)} to ${half.toFixed(1)} MiB: ${(full / half).toFixed(3)}`,
    met: full / half <= flatness,
  }
}
