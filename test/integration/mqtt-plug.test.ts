// Power from a smart plug by MQTT, through a real broker. The plug is a client that answers as Tasmota and Shelly do.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { choosePower } from '../../src/telemetry/power/choose-power.ts'
import type { PowerSource } from '../../src/telemetry/power/power-source.ts'
import { freePort } from '../free-port.ts'

const signal = new AbortController().signal
const now = (): number => performance.now()
let folder: string
let port: number
let broker: ChildProcess | undefined
let plug: MqttClient | undefined
let source: PowerSource | undefined

async function startBroker(): Promise<void> {
  broker = spawn('/usr/sbin/mosquitto', ['-c', join(folder, 'mosquitto.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve) => {
    broker?.stderr?.on('data', (text: Buffer) => {
      if (text.includes('running')) resolve()
    })
  })
}

async function stopBroker(): Promise<void> {
  if (broker === undefined) return
  broker.kill('SIGKILL')
  await once(broker, 'exit')
  broker = undefined
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-mqtt-'))
  // The broker gives up root.
  chmodSync(folder, 0o755)
  port = await freePort()
  execFileSync('mosquitto_passwd', ['-c', '-b', join(folder, 'passwords'), 'me', 'p@ss'])
  chmodSync(join(folder, 'passwords'), 0o644)
  writeFileSync(
    join(folder, 'mosquitto.conf'),
    `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${join(folder, 'passwords')}\n`,
  )
  await startBroker()
})
afterEach(async () => {
  await source?.stop()
  await plug?.endAsync(true)
  source = undefined
  plug = undefined
})
afterAll(async () => {
  await stopBroker()
  rmSync(folder, { recursive: true, force: true })
})

/** A plug that says `answer` on `says` when it is asked on `asked`. */
async function startPlug(asked: string, says: string, answer: () => string | undefined): Promise<void> {
  plug = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: 'me',
    password: 'p@ss',
    reconnectPeriod: 100,
  })
  plug.on('message', () => {
    const text = answer()
    if (text !== undefined) plug?.publish(says, text)
  })
  await plug.subscribeAsync(asked)
}

const take = (kind: string, name: string): Promise<PowerSource | undefined> =>
  choosePower(`${kind}:mqtt://me:p%40ss@127.0.0.1:${port}/${name}`, now, signal)

const watts = (): Promise<number | null | undefined> | undefined => source?.read(null, signal)

describe('a plug by MQTT', () => {
  it.each([
    [
      'tasmota-mqtt',
      'cmnd/kitchen/STATUS',
      'stat/kitchen/STATUS10',
      '{"StatusSNS":{"ENERGY":{"Power":3.5}}}',
    ],
    ['shelly-mqtt', 'shellies/kitchen/command', 'shellies/kitchen/relay/0/power', '3.5'],
    [
      'shelly-gen2-mqtt',
      'kitchen/command/switch:0',
      'kitchen/status/switch:0',
      '{"id":0,"output":true,"apower":3.5}',
    ],
  ])('is asked for each figure: %s', async (kind, asked, says, answer) => {
    await startPlug(asked, says, () => answer)
    source = await take(kind, 'kitchen')
    expect(source?.info).toEqual({
      name: kind,
      origin: 'measured',
      detail: `mqtt://127.0.0.1:${port}/kitchen`,
    })
    expect(await watts()).toBe(3.5)
  })

  it('has no figure when it is silent, and one of its own accord', async () => {
    await startPlug('nothing', 'nowhere', () => undefined)
    source = await take('tasmota-mqtt', 'kitchen')
    const askedMs = now()
    expect(await watts()).toBeNull()
    expect(now() - askedMs).toBeLessThan(2000)
    const figure = watts()
    plug?.publish('tele/kitchen/SENSOR', '{"Time":"x","ENERGY":{"Power":2}}')
    expect(await figure).toBe(2)
  })

  it('keeps a figure for five seconds and no longer', async () => {
    let nowMs = 0
    let isOn = true
    await startPlug('cmnd/kitchen/STATUS', 'stat/kitchen/STATUS10', () =>
      isOn ? '{"StatusSNS":{"ENERGY":{"Power":4}}}' : undefined,
    )
    const word = `tasmota-mqtt:mqtt://me:p%40ss@127.0.0.1:${port}/kitchen`
    source = await choosePower(word, () => nowMs, signal)
    expect(await watts()).toBe(4)
    isOn = false
    nowMs = 5000
    expect(await watts()).toBe(4)
    nowMs = 5001
    expect(await watts()).toBeNull()
  })

  it('is heard again after its broker was away', async () => {
    await startPlug(
      'cmnd/kitchen/STATUS',
      'stat/kitchen/STATUS10',
      () => '{"StatusSNS":{"ENERGY":{"Power":5}}}',
    )
    let nowMs = 0
    source = await choosePower(`tasmota-mqtt:mqtt://me:p%40ss@127.0.0.1:${port}/kitchen`, () => nowMs, signal)
    expect(await watts()).toBe(5)
    await stopBroker()
    nowMs = 10_000
    await expect.poll(watts, { timeout: 5000 }).toBeNull()
    await startBroker()
    await expect.poll(watts, { timeout: 10_000 }).toBe(5)
  })

  it.each([
    ['a wrong password', () => `mqtt://me:wrong@127.0.0.1:${port}/kitchen`, /Not authorized/i],
    ['no broker', async () => `mqtt://127.0.0.1:${await freePort()}/kitchen`, /ECONNREFUSED/],
    ['no topic', () => 'mqtt://127.0.0.1', /no address such as/],
    ['a pattern', () => 'mqtt://127.0.0.1/%23', /no address such as/],
    ['another protocol', () => 'http://127.0.0.1/x', /no address such as/],
  ])('is refused with %s', async (_, address, reason) => {
    const refused = choosePower(`tasmota-mqtt:${await address()}`, now, signal)
    await expect(refused).rejects.toMatchObject({
      code: 'POWER_SOURCE',
      message: expect.stringMatching(reason),
    })
  })
})
