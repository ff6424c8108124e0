// The source of power that a word means: `model:pi3b`, `hwmon`, `tasmota:http://10.0.0.7` and the like.
import { ShoalError } from '../../model/errors.ts'
import { boardModels } from './board-models.ts'
import { type Link, modelledPower } from './modelled-power.ts'
import type { MqttPlugKind } from './mqtt-plug-power.ts'
import { type PlugKind, plugPower } from './plug-power.ts'
import type { PowerSource } from './power-source.ts'
import { findSysfsPower, hwmonPower, powercapPower } from './sysfs-power.ts'

export const powerWords =
  'auto, none, hwmon:FOLDER, powercap:FOLDER, tasmota:URL, shelly:URL, shelly-gen2:URL, these three with -mqtt:mqtt://BROKER/PLUG, or model:BOARD[/wlan]'

const plugs: readonly PlugKind[] = ['tasmota', 'shelly', 'shelly-gen2']
const mqttPlugs: readonly MqttPlugKind[] = ['tasmota-mqtt', 'shelly-mqtt', 'shelly-gen2-mqtt']

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
  const colon = word.indexOf(':')
  const [kind, rest] = colon < 0 ? [word, ''] : [word.slice(0, colon), word.slice(colon + 1)]
  if (kind === 'none') return undefined
  if (kind === 'auto') return await findSysfsPower(now)
  if (kind === 'hwmon' && rest !== '') return await hwmonPower(rest)
  if (kind === 'powercap' && rest !== '') return await powercapPower(rest, now)
  const plug = plugs.find((each) => each === kind)
  if (plug !== undefined && rest !== '') return plugPower(plug, rest)
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
    object: `the power source ${word}`,
    reason: `expected ${powerWords}`,
    nextStep: `models of boards: ${boardModels.map(({ name }) => name).join(', ')}`,
  })
}
