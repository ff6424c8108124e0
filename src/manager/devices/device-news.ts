// What happens to devices, as events for people. Pure.
import type { AgentDevice } from '../../model/cluster/agent-messages.ts'
import type { ClusterEvent } from '../../model/cluster/event.ts'

type News = Pick<ClusterEvent, 'kind' | 'subject' | 'text'>

/**
 * @param before undefined at the first report: then what is absent is told, and what is there is no news
 * @param holdersOf instances that hold a device: `greenhouse/climate.1`
 */
export function deviceNews(
  nodeName: string,
  before: readonly AgentDevice[] | undefined,
  now: readonly AgentDevice[],
  holdersOf: (deviceId: string) => readonly string[],
): readonly News[] {
  const was = new Map((before ?? []).map((device) => [device.id, device]))
  const tell = (kind: 'device-absent' | 'device-present', id: string, text: string): News => {
    const holders = [...new Set(holdersOf(id))]
    const claimed = holders.length === 0 ? '' : `; claimed by ${holders.join(', ')}`
    return { kind, subject: `${nodeName}/${id}`, text: `${text}${claimed}` }
  }
  const news = now.flatMap(({ id, capability, isPresent, absence }) => {
    const wasPresent = was.get(id)?.isPresent
    if (!isPresent && wasPresent !== false)
      return [tell('device-absent', id, `${capability} is absent${absence === '' ? '' : `: ${absence}`}`)]
    if (isPresent && wasPresent !== true && before !== undefined)
      return [tell('device-present', id, `${capability} is ${wasPresent === false ? 'back' : 'there'}`)]
    return []
  })
  const ids = new Set(now.map(({ id }) => id))
  const gone = [...was.values()]
    .filter(({ id, isPresent }) => isPresent && !ids.has(id))
    .map(({ id, capability }) =>
      tell('device-absent', id, `${capability} is absent: the node no longer knows it`),
    )
  return [...news, ...gone]
}
