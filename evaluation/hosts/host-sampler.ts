// `shoal sample` in one host for as long as a stage stands: its header tells the host's facts, its samples are handed on as they come.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ShoalError } from '../../src/model/errors.ts'
import { pause } from '../../src/model/pause.ts'
import { unlessAborted } from '../../src/model/unless-aborted.ts'
import { parseRecord, type TelemetryHeader, type TelemetrySample } from '../../src/telemetry/record.ts'
import { endProgram } from '../end-program.ts'
import type { EvaluationHost } from './evaluation-host.ts'

export interface HostSamplerOptions {
  readonly host: Pick<EvaluationHost, 'name' | 'spawn'>
  /** Where its power comes from, as `shoal sample --power` takes it. */
  readonly power: string
  readonly onSample: (sample: TelemetrySample) => void
  /** A line for the person who waits: of gaps. */
  readonly say: (line: string) => void
}

/** Node starts slowly on a small board; then one interval. */
const firstSampleMs = 30_000
/** Before a sampler that has ended is started again. */
const restartMs = 1000
const endMs = 5000

export class HostSampler {
  readonly #options: HostSamplerOptions
  readonly #stopping = new AbortController()
  readonly #first = Promise.withResolvers<TelemetryHeader>()
  #header: TelemetryHeader | undefined
  #running: Promise<void> | undefined

  constructor(options: HostSamplerOptions) {
    this.#options = options
    this.#first.promise.catch(() => {})
  }

  /** Resolves with the header when the first sample is there. Throws ShoalError STAGE_FAILED, and the signal's reason. */
  async start(signal: AbortSignal): Promise<TelemetryHeader> {
    this.#running ??= this.#run()
    const timer = setTimeout(
      () => this.#first.reject(this.#failure(`no sample within ${firstSampleMs / 1000} s`)),
      firstSampleMs,
    )
    try {
      return await unlessAborted(this.#first.promise, signal)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends it and waits for its end. Never started is fine. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** One sampler after the other until it is stopped. */
  async #run(): Promise<void> {
    const { host, say } = this.#options
    const { signal } = this.#stopping
    let endedAtMs: number | undefined
    while (!signal.aborted) {
      const onAgain = () => {
        if (endedAtMs === undefined) return
        say(
          `${host.name}: sampled again, after ${((performance.now() - endedAtMs) / 1000).toFixed(1)} s without`,
        )
        endedAtMs = undefined
      }
      const complaint = await this.#runOnce(onAgain)
      if (signal.aborted) return
      const failure = this.#failure(complaint)
      this.#first.reject(failure)
      if (endedAtMs === undefined) say(`${host.name}: its sampler ended: ${failure.reason}`)
      endedAtMs ??= performance.now()
      await pause(restartMs, signal)
    }
  }

  /** @returns what it wrote to stderr, or why it could not be started */
  async #runOnce(onSample: () => void): Promise<string> {
    const { host, power } = this.#options
    let child: ChildProcess
    try {
      child = host.spawn(['shoal', 'sample', '--every', '1', '--power', power], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
    let complaint = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000)
    })
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (this.#take(line)) onSample()
      })
    }
    const ended = once(child, 'close').catch((error: Error) => {
      complaint ||= error.message
    })
    const end = () => void endProgram(child, endMs)
    this.#stopping.signal.addEventListener('abort', end, { once: true })
    if (this.#stopping.signal.aborted) end()
    await ended
    this.#stopping.signal.removeEventListener('abort', end)
    return complaint.trim()
  }

  /** @returns whether it was a sample */
  #take(line: string): boolean {
    const record = parseRecord(line)
    if (record?.type === 'header') this.#header = record
    if (record?.type !== 'sample' || this.#header === undefined) return false
    this.#first.resolve(this.#header)
    if (!this.#stopping.signal.aborted) this.#options.onSample(record)
    return true
  }

  #failure(reason: string): ShoalError {
    return new ShoalError('STAGE_FAILED', {
      action: 'sample',
      object: this.#options.host.name,
      reason: reason || 'its sampler ended without a word',
    })
  }
}
