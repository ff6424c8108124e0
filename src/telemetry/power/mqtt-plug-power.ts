// Power through a smart plug that speaks MQTT: Tasmota, and Shelly of both generations. A plug says its figure every so often by itself, some only
// every five minutes: it is asked for each sample.
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { ShoalError } from '../../model/errors.ts'
import { parsePlugAddress, withoutCredentials } from './plug-address.ts'
import { shellyWatts, tasmotaWatts } from './plug-answers.ts'
import type { PowerSource } from './power-source.ts'

export type MqttPlugKind = 'tasmota-mqtt' | 'shelly-mqtt' | 'shelly-gen2-mqtt'

interface Manner {
  /** Where the plug says its figure, by itself or because it was asked. */
  readonly listen: (plug: string) => readonly string[]
  readonly ask: (plug: string) => { readonly topic: string; readonly payload: string }
  readonly read: (text: string) => number | undefined
}

const manners: Readonly<Record<MqttPlugKind, Manner>> = {
  // Tasmota, MQTT: %prefix%/%topic%/; Status 10 tells the sensors.
  'tasmota-mqtt': {
    listen: (plug) => [`stat/${plug}/STATUS10`, `tele/${plug}/SENSOR`],
    ask: (plug) => ({ topic: `cmnd/${plug}/STATUS`, payload: '10' }),
    read: tasmotaWatts,
  },
  // Shelly, first generation: `update` makes it say all that it knows.
  'shelly-mqtt': {
    listen: (plug) => [`shellies/${plug}/relay/0/power`],
    ask: (plug) => ({ topic: `shellies/${plug}/command`, payload: 'update' }),
    read: shellyWatts,
  },
  // Shelly, second generation, "MQTT control".
  'shelly-gen2-mqtt': {
    listen: (plug) => [`${plug}/status/switch:0`],
    ask: (plug) => ({ topic: `${plug}/command/switch:0`, payload: 'status_update' }),
    read: shellyWatts,
  },
}

/** A broker that is not there within that is said at once; one that goes away later is waited for. */
const connectLimitMs = 5000
const reconnectMs = 1000
/** As long as a plug by HTTP. */
const answerLimitMs = 800
/** A figure that was heard longer ago is none of this moment. */
const staleMs = 5000

export interface MqttPlugOptions {
  /** `mqtt://NAME:PASSWORD@10.0.0.2:1883/PLUG`, or `mqtts:`; PLUG is the plug's own topic. */
  readonly address: string
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** @throws ShoalError POWER_SOURCE where the address is none, or no broker lets this process in */
export async function mqttPlugPower(
  kind: MqttPlugKind,
  { address, now, signal }: MqttPlugOptions,
): Promise<PowerSource> {
  const { broker, plug, shown } = parseAddress(kind, address)
  const { listen, ask, read } = manners[kind]
  const client = mqtt.connect({
    ...broker,
    connectTimeout: connectLimitMs,
    reconnectPeriod: reconnectMs,
    // What was asked while nobody listened is of no use later.
    queueQoSZero: false,
  })
  await connected(client, shown, signal)
  let heard: { readonly watts: number; readonly atMs: number } | undefined
  let wake = (): void => {}
  client.on('message', (_, payload) => {
    const watts = read(payload.toString('utf8'))
    if (watts === undefined) return
    heard = { watts, atMs: now() }
    wake()
  })
  // A broker that refuses this leaves the plug unheard: its figure is null, as that of a plug that is off.
  client.subscribe([...listen(plug)])
  return {
    info: { name: kind, origin: 'measured', detail: `${shown}/${plug}` },
    read: async (_, stop) => {
      if (client.connected) {
        const answer = nextAnswer(stop, (next) => {
          wake = next
        })
        const { topic, payload } = ask(plug)
        client.publish(topic, payload)
        await answer
      }
      return heard !== undefined && now() - heard.atMs <= staleMs ? heard.watts : null
    },
    stop: () => client.endAsync(true),
  }
}

/** Resolves when the plug says something, the limit has passed or the signal comes. */
function nextAnswer(stop: AbortSignal, onWake: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, answerLimitMs)
    stop.addEventListener('abort', end, { once: true })
    onWake(end)
    if (stop.aborted) end()
    function end(): void {
      clearTimeout(timer)
      stop.removeEventListener('abort', end)
      resolve()
    }
  })
}

async function connected(client: MqttClient, shown: string, signal: AbortSignal): Promise<void> {
  let lastError: Error | undefined
  // Without a listener an error would end the process; after the start each is followed by a new try.
  client.on('error', (error) => {
    lastError = error
  })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(connectLimitMs)])
  const reason = await new Promise<string | undefined>((resolve) => {
    client.once('connect', () => resolve(undefined))
    client.once('error', ({ message }) => resolve(message || 'it refuses the connection'))
    limit.addEventListener('abort', () => resolve(lastError?.message ?? 'no answer'), { once: true })
    if (limit.aborted) resolve('stopped')
  })
  if (reason === undefined) return
  await client.endAsync(true)
  throw unfit(`the broker ${shown}`, reason)
}

interface Address {
  /** In parts: given one text, the client reads it by a function of Node that warns of itself. */
  readonly broker: Pick<IClientOptions, 'protocol' | 'host' | 'port' | 'username' | 'password'>
  readonly plug: string
  /** Without name and password. */
  readonly shown: string
}

function parseAddress(kind: MqttPlugKind, address: string): Address {
  const parsed = parsePlugAddress(address, ['mqtt:', 'mqtts:'])
  if (parsed === undefined || parsed.path === '' || /[+#]/.test(parsed.path)) {
    const reason = `it is no address such as ${kind}:mqtt://10.0.0.2/PLUG`
    throw unfit(`the plug ${withoutCredentials(address)}`, reason)
  }
  const { url, username, password, path: plug } = parsed
  const shown = `${url.protocol}//${url.host}`
  const broker = {
    protocol: url.protocol === 'mqtt:' ? ('mqtt' as const) : ('mqtts' as const),
    // In brackets, as URLs have it, an address of IPv6 is none of a socket's.
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  }
  return { broker, plug, shown }
}

function unfit(object: string, reason: string): ShoalError {
  return new ShoalError('POWER_SOURCE', { action: 'take', object, reason })
}
