// `shoal pair rm`: stops and removes instances.
import type { FoundInstance } from '../pair/instance.ts'
import { removeInstances } from '../pair/remove-instances.ts'
import { isSelected, nothingSelected, parseSelector } from '../pair/selector.ts'
import { withReachableDevices } from '../pair/with-devices.ts'
import type { Io } from './io.ts'
import { makeConnector, makeJournal, type PairOptions, splitWords, usage } from './pair-setting.ts'
import { throwFirst } from './throw-first.ts'

interface PairRmOptions extends PairOptions {
  readonly all?: true
  readonly json?: true
}

export async function pairRm(io: Io, words: readonly string[], options: PairRmOptions): Promise<void> {
  const { targets, last } = splitWords(words)
  if (targets.length === 0) throw usage('no device is named: USER@HOST stands before everything else')
  if ((last === undefined) !== (options.all === true))
    throw usage('name the instances after the devices, or --all')
  const selector = last === undefined ? undefined : parseSelector(last)
  const isWanted = (found: FoundInstance): boolean => selector === undefined || isSelected(selector, found)
  const access = {
    connector: makeConnector(io, options),
    journal: makeJournal(io),
    say: (text: string) => io.err(`${text}\n`),
    signal: io.signal,
  }
  const { result: removed, errors } = await withReachableDevices(targets, access, async (devices) =>
    (
      await Promise.all(
        devices.map(async (device) =>
          (
            await removeInstances(device, isWanted, io.signal)
          ).map(({ id }) => ({ instance: id, device: device.label })),
        ),
      )
    ).flat(),
  )
  if (selector !== undefined && removed.length === 0 && errors.length === 0) {
    throw nothingSelected(
      'remove',
      selector,
      targets.map(({ label }) => label),
    )
  }
  if (options.json) io.out(`${JSON.stringify({ removed }, undefined, 2)}\n`)
  else for (const { instance, device } of removed) io.out(`${instance} removed from ${device}\n`)
  throwFirst(errors, io)
}
