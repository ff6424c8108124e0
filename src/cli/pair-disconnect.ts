// `shoal pair disconnect`: ends the SSH connections that wait for the next command.
import { disconnectDevice } from '../pair/connect-device.ts'
import { parseTargets } from '../pair/target.ts'
import type { Io } from './io.ts'
import { makeConnector, type PairOptions } from './pair-setting.ts'

export async function pairDisconnect(io: Io, words: readonly string[], options: PairOptions): Promise<void> {
  const connector = makeConnector(io, options)
  for (const target of parseTargets(words)) {
    const count = await disconnectDevice(target, connector)
    io.out(`${target.label}: ${count === 0 ? 'there was no connection' : 'disconnected'}\n`)
  }
}
