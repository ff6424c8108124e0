// `npm run bench -- NAME…`: runs benches, keeps the raw samples under bench/results, renews their part of docs/benchmarks.md.
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { renderError, ShoalError } from '../src/model/errors.ts'
import type { Bench, BenchResult } from './result.ts'
import { replaceSection } from './section.ts'

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  activation: async () => (await import('./activation.ts')).benchActivation,
  'cluster-activation': async () => (await import('./cluster-activation.ts')).benchClusterActivation,
  failover: async () => (await import('./failover.ts')).benchFailover,
  'manager-cost': async () => (await import('./manager-cost.ts')).benchManagerCost,
  'device-runtime': async () => (await import('./device-runtime.ts')).benchDeviceRuntime,
  coap: async () => (await import('./coap.ts')).benchCoap,
  overhead: async () => (await import('./overhead.ts')).benchOverhead,
  sampler: async () => (await import('./sampler.ts')).benchSampler,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !(name in benches))
if (names.length === 0 || unknown.length > 0) {
  const asked = unknown.length === 0 ? 'none was named' : `there is no ${unknown.join(', ')}`
  process.stderr.write(
    `error[USAGE]: run, a bench: ${asked}\n  next: npm run bench -- ${Object.keys(benches).join(' | ')}\n`,
  )
  process.exit(2)
}

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(name)))

try {
  for (const name of names) {
    const bench = await benches[name]?.()
    if (bench === undefined) continue
    const progress = (line: string) => void process.stderr.write(`${name}: ${line}\n`)
    const result = await bench({ signal: stopping.signal, progress })
    keep(result)
    process.stdout.write(`\n${result.report}\n`)
  }
} catch (error) {
  if (!(error instanceof ShoalError)) throw error
  process.stderr.write(`${renderError(error)}\n`)
  process.exitCode = 1
}

function keep(result: BenchResult): void {
  const { report, ...raw } = result
  writeFileSync(
    new URL(`results/${result.name}.json`, import.meta.url),
    `${JSON.stringify(raw, undefined, 1)}\n`,
  )
  const page = new URL('../docs/benchmarks.md', import.meta.url)
  const { commit, takenAt, node, kernel, cpu, cores, loadBefore, versions } = result.setting
  const setting = [
    `Commit ${commit}, ${takenAt.slice(0, 16).replace('T', ' ')} UTC, Node ${node}, kernel ${kernel}, ${cores} cores of ${cpu}, load before ${loadBefore.toFixed(2)}`,
    ...Object.entries(versions).map(([what, version]) => `${what} ${version}`),
  ].join('; ')
  const section = `${setting}. Raw samples: \`bench/results/${result.name}.json\`.\n\n${report}`
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), result.name, section))
}
