// The messages of agents as CBOR with keys of one letter, and back: checked, since they come from the network.
import { decode, encode } from 'cborg'
import type { AgentInstance, AgentInstanceState, AgentOrders, AgentReport } from './agent-messages.ts'

const states: readonly AgentInstanceState[] = ['starting', 'answering', 'silent', 'paused', 'ended']

/** No node runs more, no text is longer: what is above is not from an agent. */
const mostItems = 4096
const mostCharacters = 1024

export function encodeReport(report: AgentReport): Uint8Array {
  return encode({
    s: report.session,
    n: report.sequence,
    o: report.ordersTag,
    ...(report.instances === undefined
      ? {}
      : { i: report.instances.map(({ id, state }) => [id, states.indexOf(state)]) }),
    ...(report.problems === undefined ? {} : { p: report.problems }),
    ...(report.clockSeconds === undefined ? {} : { c: report.clockSeconds }),
    ...(report.missingImages === undefined ? {} : { m: report.missingImages }),
  })
}

/** @returns undefined for what is no report */
export function decodeReport(bytes: Uint8Array): AgentReport | undefined {
  const map = decodeMap(bytes)
  if (map === undefined) return undefined
  const { s, n, o, i, p, c, m } = map
  if (!isCount(s) || !isCount(n) || !isCount(o)) return undefined
  const instances = i === undefined ? undefined : asInstances(i)
  const problems = p === undefined ? undefined : asTexts(p)
  const missingImages = m === undefined ? undefined : asTexts(m)
  if (instances === null || problems === null || missingImages === null) return undefined
  if (c !== undefined && !isCount(c)) return undefined
  return { session: s, sequence: n, ordersTag: o, instances, problems, clockSeconds: c, missingImages }
}

export function encodeOrders({ tag, paused, stopped, images }: AgentOrders): Uint8Array {
  return encode({
    t: tag,
    ...(paused.length === 0 ? {} : { p: paused }),
    ...(stopped.length === 0 ? {} : { s: stopped }),
    ...(images.length === 0 ? {} : { i: images }),
  })
}

/** @returns undefined for what is no orders */
export function decodeOrders(bytes: Uint8Array): AgentOrders | undefined {
  const map = decodeMap(bytes)
  if (map === undefined || !isCount(map.t)) return undefined
  const [paused, stopped, images] = [asTexts(map.p ?? []), asTexts(map.s ?? []), asTexts(map.i ?? [])]
  return paused === null || stopped === null || images === null
    ? undefined
    : { tag: map.t, paused, stopped, images }
}

function decodeMap(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = decode(bytes)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function asTexts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length > mostItems) return null
  return value.every((item) => typeof item === 'string' && item.length <= mostCharacters)
    ? (value as string[])
    : null
}

function asInstances(value: unknown): readonly AgentInstance[] | null {
  if (!Array.isArray(value) || value.length > mostItems) return null
  const instances: AgentInstance[] = []
  for (const item of value as unknown[]) {
    const [id, index] = Array.isArray(item) ? (item as unknown[]) : []
    const state = typeof index === 'number' ? states[index] : undefined
    if (typeof id !== 'string' || id.length > mostCharacters || state === undefined) return null
    instances.push({ id, state })
  }
  return instances
}
