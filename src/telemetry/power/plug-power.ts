// Power through a smart plug that is asked by HTTP: Tasmota, and Shelly of both generations.
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import { type PlugAddress, parsePlugAddress, withoutCredentials } from './plug-address.ts'
import { shellyWatts, tasmotaWatts } from './plug-answers.ts'
import type { PowerSource } from './power-source.ts'

export type PlugKind = 'tasmota' | 'shelly' | 'shelly-gen2'

const paths: Readonly<Record<PlugKind, string>> = {
  tasmota: '/cm?cmnd=Status%2010',
  shelly: '/meter/0',
  'shelly-gen2': '/rpc/Switch.GetStatus?id=0',
}

export const plugProtocols = ['http:', 'https:'] as const

/** A plug that says nothing for so long has no figure for this second. */
const answerLimitMs = 800
/** A plug in a WLAN misses a request now and then. */
const tries = 3
const betweenTriesMs = 500
const unauthorised = 401

/**
 * @param base `http://10.0.0.7`, with a name and password in it where the plug wants them
 * @throws ShoalError POWER_SOURCE where that is no address, or the plug there does not say what power goes through it
 */
export async function plugPower(kind: PlugKind, base: string, signal: AbortSignal): Promise<PowerSource> {
  const address = parsePlugAddress(base, plugProtocols)
  if (address === undefined) throw unfit(withoutCredentials(base), 'it is no address such as http://10.0.0.7')
  const { origin } = address.url
  const ask = asker(kind, address)
  for (let left = tries - 1; ; left -= 1) {
    const answer = await ask(signal)
    signal.throwIfAborted()
    if (typeof answer === 'number') break
    if (left === 0) throw unfit(origin, answer.failure, answer.nextStep)
    await pause(betweenTriesMs, signal)
  }
  return {
    info: { name: kind, origin: 'measured', detail: origin },
    read: async (_, stop) => {
      const answer = await ask(stop)
      return typeof answer === 'number' ? answer : null
    },
    stop: async () => {},
  }
}

interface NoFigure {
  readonly failure: string
  readonly nextStep?: string | undefined
}

type Ask = (signal: AbortSignal) => Promise<number | NoFigure>

function asker(kind: PlugKind, { url, username, password }: PlugAddress): Ask {
  const target = new URL(paths[kind], url)
  const read = kind === 'tasmota' ? tasmotaWatts : shellyWatts
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return async (signal) => {
    try {
      const answer = await fetch(target, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
        ...(username === '' ? {} : { headers: { authorization } }),
      })
      const text = await answer.text()
      if (!answer.ok) {
        const failure = `it answers ${answer.status} ${answer.statusText}`.trim()
        return { failure, nextStep: answer.status === unauthorised ? letIn[kind] : undefined }
      }
      return read(text) ?? { failure: `its answer tells no power: ${text.slice(0, 100)}` }
    } catch (error) {
      return { failure: reasonOf(error) }
    }
  }
}

const named = 'give its name and password: http://NAME:PASSWORD@ADDRESS'

const letIn: Readonly<Record<PlugKind, string>> = {
  tasmota: named,
  shelly: named,
  // Shelly, Gen2 "Authentication": Digest with SHA-256 alone.
  'shelly-gen2': 'by HTTP it is given no password: take it as shelly-gen2-mqtt, or switch its password off',
}

/** `fetch failed` says nothing; what lies below it does. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${answerLimitMs / 1000} s`
  const below = error instanceof Error ? error.cause : undefined
  if (below instanceof Error) return below.message || String((below as NodeJS.ErrnoException).code)
  return error instanceof Error ? error.message : String(error)
}

function unfit(plug: string, reason: string, nextStep?: string): ShoalError {
  return new ShoalError('POWER_SOURCE', {
    action: 'take',
    object: `the plug ${plug}`,
    reason,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}
