// Power through a smart plug that is asked by HTTP: Tasmota, and Shelly of both generations.
import { ShoalError } from '../../model/errors.ts'
import { shellyWatts, tasmotaWatts } from './plug-answers.ts'
import type { PowerSource } from './power-source.ts'

export type PlugKind = 'tasmota' | 'shelly' | 'shelly-gen2'

const paths: Readonly<Record<PlugKind, string>> = {
  tasmota: '/cm?cmnd=Status%2010',
  shelly: '/meter/0',
  'shelly-gen2': '/rpc/Switch.GetStatus?id=0',
}

/** A plug that says nothing for so long has no figure for this second. */
const answerLimitMs = 800

/** @param base `http://10.0.0.7`, with a name and password in it where the plug wants them */
export function plugPower(kind: PlugKind, base: string): PowerSource {
  const url = address(base, paths[kind])
  const read = kind === 'tasmota' ? tasmotaWatts : shellyWatts
  const authorization =
    url.username === ''
      ? undefined
      : `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return {
    info: { name: kind, origin: 'measured', detail: bare.origin },
    read: async (_, signal) => {
      try {
        const answer = await fetch(bare, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
          ...(authorization === undefined ? {} : { headers: { authorization } }),
        })
        return answer.ok ? (read(await answer.text()) ?? null) : null
      } catch {
        return null
      }
    },
    stop: async () => {},
  }
}

function address(base: string, path: string): URL {
  const parsed = URL.canParse(base) ? new URL(path, base) : undefined
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed
  throw new ShoalError('POWER_SOURCE', {
    action: 'take',
    object: `the plug ${base}`,
    reason: 'it is no address such as http://10.0.0.7',
  })
}
