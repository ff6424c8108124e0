// The source of power that a word means: `model:pi3b`, `hwmon`, `tasmota:http://10.0.0.7` and the like.
import { ShoalError } from '../../model/errors.ts'
import { boardModels } from './board-models.ts'
import { type Link, modelledPower } from './modelled-power.ts'
import type { MqttPlugKind } from './mqtt-plug-power.ts'
import { parsePlugAddress, withoutCredentials } from './plug-address.ts'
import { type PlugKind, plugPower, plugProtocols } from './plug-power.ts'
import type { PowerSource } from './power-source.ts'
import { findSysfsPower, hwmonPower, powercapPower } from './sysfs-power.ts'

export const powerWords =
  'auto, none, hwmon:FOLDER, powercap:FOLDER, tasmota:URL, shelly:URL, shelly-gen2:URL, these three with -mqtt:mqtt://BROKER/PLUG, or model:BOARD[/wlan]'

const plugs: readonly PlugKind[] = ['tasmota', 'shelly', 'shelly-gen2']
const mqttPlugs: readonly MqttPlugKind[] = ['tasmota-mqtt', 'shelly-mqtt', 'shelly-gen2-mqtt']

/** Whether `choosePower` knows what is meant; what is there it tells itself. */
export function isPowerWord(word: string): boolean {
  const [kind, rest] = split(word)
  if (kind === 'model') {
    const [board, link = 'ethernet'] = rest.split('/')
    return boardModels.some(({ name }) => name === board) && (link === 'ethernet' || link === 'wlan')
  }
  if (plugs.some((each) => each === kind)) return parsePlugAddress(rest, plugProtocols) !== undefined
  const kinds: readonly string[] = ['hwmon', 'powercap', ...mqttPlugs]
  return word === 'auto' || word === 'none' || (kinds.includes(kind) && rest !== '')
}

/**
 * `auto` is what the kernel measures, or nothing: a model is taken only by its name, so that no reckoned figure is taken for a measured one.
 * @param now milliseconds, monotonic
 * @throws ShoalError POWER_SOURCE
 */
export async function choosePower(
  word: string,
  now: () => number,
  signal: AbortSignal,
): Promise<PowerSource | undefined> {
  const [kind, rest] = split(word)
  if (word === 'none') return undefined
  if (word === 'auto') return await findSysfsPower(now)
  if (kind === 'hwmon' && rest !== '') return await hwmonPower(rest)
  if (kind === 'powercap' && rest !== '') return await powercapPower(rest, now)
  const plug = plugs.find((each) => each === kind)
  if (plug !== undefined && rest !== '') return await plugPower(plug, rest, signal)
  const mqttPlug = mqttPlugs.find((each) => each === kind)
  if (mqttPlug !== undefined && rest !== '') {
    // Its client is large, and few have such a plug.
    const { mqttPlugPower } = await import('./mqtt-plug-power.ts')
    return await mqttPlugPower(mqttPlug, { address: rest, now, signal })
  }
  if (kind === 'model' && rest !== '') {
    const [board = '', link = 'ethernet'] = rest.split('/')
    if (link === 'ethernet' || link === 'wlan') return modelledPower(board, link satisfies Link)
  }
  throw new ShoalError('POWER_SOURCE', {
    action: 'take',
    object: `the power source ${withoutCredentials(word)}`,
    reason: `expected ${powerWords}`,
    nextStep: `models of boards: ${boardModels.map(({ name }) => name).join(', ')}`,
  })
}

/** `model:pi3b` → `model`, `pi3b` */
function split(word: string): readonly [kind: string, rest: string] {
  const colon = word.indexOf(':')
  return colon < 0 ? [word, ''] : [word.slice(0, colon), word.slice(colon + 1)]
}
