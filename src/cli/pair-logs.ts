// `shoal pair logs`: what instances have written, each line with its instance's name where there are several.
import type { LogChunk } from '../engine/frames.ts'
import type { Device } from '../pair/device.ts'
import type { FoundInstance } from '../pair/instance.ts'
import { isSelected, nothingSelected, parseSelector } from '../pair/selector.ts'
import { listInstances, withAllDevices } from '../pair/with-devices.ts'
import type { Io } from './io.ts'
import { LinePrefixer } from './line-prefixer.ts'
import { makeConnector, makeJournal, type PairOptions, requireWords } from './pair-setting.ts'

interface PairLogsOptions extends PairOptions {
  readonly follow?: true
  readonly tail?: number
  readonly timestamps?: true
}

interface Source {
  readonly device: Device
  readonly found: FoundInstance
}

export async function pairLogs(io: Io, words: readonly string[], options: PairLogsOptions): Promise<void> {
  const { targets, last } = requireWords(words, 'APPLICATION[/SERVICE[.NUMBER]]')
  const selector = parseSelector(last)
  const access = {
    connector: makeConnector(io, options),
    journal: makeJournal(io),
    say: (text: string) => io.err(`${text}\n`),
    signal: io.signal,
  }
  await withAllDevices(targets, access, async (devices) => {
    const sources = (
      await Promise.all(
        devices.map(async (device) =>
          (
            await listInstances(device, io.signal)
          )
            .filter((found) => isSelected(selector, found))
            .map((found) => ({ device, found })),
        ),
      )
    ).flat()
    if (sources.length === 0) {
      throw nothingSelected(
        'read the log of',
        selector,
        targets.map(({ label }) => label),
      )
    }
    await Promise.all(sources.map((source) => copyLog(io, source, sources.length > 1, options)))
  })
}

async function copyLog(
  io: Io,
  { device, found }: Source,
  hasName: boolean,
  options: PairLogsOptions,
): Promise<void> {
  const { container, id } = found
  const prefix = hasName ? `${id} | ` : ''
  const writers = { stdout: new LinePrefixer(prefix, io.out), stderr: new LinePrefixer(prefix, io.err) }
  try {
    const tty = (await device.engine.containers.inspect(container.id, { signal: io.signal }))?.tty === true
    await device.engine.logs.read(
      container.id,
      container.name,
      ({ stream, bytes }: LogChunk) => writers[stream].write(bytes),
      {
        tty,
        tail: options.tail,
        follow: options.follow === true,
        timestamps: options.timestamps === true,
        signal: io.signal,
      },
    )
  } catch (error) {
    // Stopping is how following a log ends.
    if (options.follow && io.signal.aborted) return
    throw await device.explain(error)
  } finally {
    writers.stdout.end()
    writers.stderr.end()
  }
}
