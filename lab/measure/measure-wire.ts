// Measures one wire of a lab with real traffic over TCP, from a process in each end's network namespace.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inNetwork } from '../links/namespace-argv.ts'
import { collect } from '../run-command.ts'

export interface WireMeasurement {
  /** Median of single bytes there and back. */
  readonly roundTripMs: number
  /** From the far end to the near one. */
  readonly bandwidthMbit: number
}

export interface MeasuredWire {
  readonly nearPid: number
  readonly farPid: number
  readonly farAddress: string
  /** Puts argv into a cgroup of the lab, so that `down` finds it. */
  readonly join: (argv: readonly string[]) => readonly string[]
}

const rounds = 40
const floodMs = 800
const timeoutMs = 20_000

const program = (name: string) => [process.execPath, fileURLToPath(new URL(name, import.meta.url))]

/** Undefined when the far end cannot be reached. */
export async function measureWire(
  wire: MeasuredWire,
  signal: AbortSignal,
): Promise<WireMeasurement | undefined> {
  const answerer = start(wire.join(inNetwork(wire.farPid, [...program('answer.ts'), wire.farAddress])))
  try {
    const port = await readPort(answerer, signal)
    const ask = [...program('ask.ts'), wire.farAddress, port, String(rounds), String(floodMs)]
    const asker = start(wire.join(inNetwork(wire.nearPid, ask)))
    const { exitCode, stdout } = await collect(asker, { signal, timeoutMs }, () => new Error('late'))
    return exitCode === 0 ? summarise(JSON.parse(stdout)) : undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  } finally {
    answerer.kill('SIGKILL')
  }
}

function start([command = '', ...rest]: readonly string[]): ChildProcess {
  return spawn(command, rest, { stdio: ['pipe', 'pipe', 'ignore'] })
}

async function readPort(answerer: ChildProcess, signal: AbortSignal): Promise<string> {
  if (answerer.stdout === null) throw new TypeError('no pipe')
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const [line] = (await once(answerer.stdout, 'data', { signal: stop })) as [Buffer]
  return line.toString('latin1').trim()
}

function summarise({
  roundTripsMs,
  bandwidthMbit,
}: {
  roundTripsMs: number[]
  bandwidthMbit: number
}): WireMeasurement {
  const sorted = [...roundTripsMs].sort((a, b) => a - b)
  return { roundTripMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, bandwidthMbit }
}
