// A board that `shoal board run` simulates, as a process of its own, and what it records.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askBoard } from '../../src/board/control-client.ts'
import type { ControlRequest } from '../../src/board/wire/control-request.ts'
import type { GrantedDevice } from '../../src/model/devices/granted-device.ts'
import { until } from '../until.ts'

const shoal = fileURLToPath(new URL('../../bin/shoal', import.meta.url))

/** Everything holds still, but for what a test does to it. */
const script = `
board: bench
devices:
  climate: {kind: humidity, sensor: dht11, humidity: 41, temperature: 21}
  broken: {kind: humidity, humidity: 41, temperature: 21, fails: [{from: 0s, to: 100h, error: checksum}]}
  light: {kind: light, illuminance: 310}
  flame: {kind: flame}
  sound: {kind: sound}
  laser: {kind: laser}
  alarm: {kind: active-buzzer}
  melody: {kind: passive-buzzer}
`

export async function startBoard() {
  const folder = await mkdtemp(join(tmpdir(), 'sensing-bench-'))
  await writeFile(join(folder, 'bench.yaml'), script)
  const child = spawn(shoal, ['board', 'run', join(folder, 'bench.yaml'), '--folder', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const deviceFolder = (device: string) => join(folder, 'bench', device)
  const ask = (request: ControlRequest) =>
    askBoard({ root: folder, name: 'bench' }, request, new AbortController().signal)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until('the board is up', () => existsSync(join(deviceFolder('melody'), 'socket')), 30_000)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    deviceFolder,
    /** @param inside where the folder of the device is seen by whoever is granted it */
    grant: (device: string, capability: string, inside = deviceFolder(device)): GrantedDevice => ({
      id: `${device}-1`,
      capability,
      driver: 'simulated',
      socket: join(inside, 'socket'),
    }),
    set: (device: string, value: number) => ask({ op: 'set', device, value }),
    unplug: (device: string) => ask({ op: 'unplug', device }),
    replug: (device: string) => ask({ op: 'replug', device }),
    /** What an actuator has done: 0, 1, or the frequency of its tone. */
    edges: async (device: string): Promise<readonly number[]> => {
      const { edges } = (await ask({ op: 'record' })) as { readonly edges?: readonly EdgeRecord[] }
      return (edges ?? [])
        .filter((edge) => edge.device === device)
        .map(({ value, frequencyHz }) => frequencyHz ?? value)
    },
    stop,
  }
}

interface EdgeRecord {
  readonly device: string
  readonly value: number
  readonly frequencyHz?: number
}

export type SimulatedBoard = Awaited<ReturnType<typeof startBoard>>
