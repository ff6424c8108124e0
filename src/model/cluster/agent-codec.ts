// The messages of agents as CBOR with keys of one letter, and back: checked, since they come from the network.
import { decode, encode } from 'cborg'
import {
  type AgentDevice,
  type AgentInstance,
  type AgentInstanceState,
  type AgentOrders,
  type AgentReport,
  mostAbsenceCharacters,
} from './agent-messages.ts'

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
    ...(report.devices === undefined ? {} : { d: report.devices.map(deviceFields) }),
  })
}

/** @returns undefined for what is no report */
export function decodeReport(bytes: Uint8Array): AgentReport | undefined {
  const map = decodeMap(bytes)
  if (map === undefined) return undefined
  const { s, n, o, i, p, c, m, d } = map
  if (!isCount(s) || !isCount(n) || !isCount(o)) return undefined
  const instances = i === undefined ? undefined : asInstances(i)
  const problems = p === undefined ? undefined : asTexts(p)
  const missingImages = m === undefined ? undefined : asTexts(m)
  const devices = d === undefined ? undefined : asDevices(d)
  if (instances === null || problems === null || missingImages === null || devices === null) return undefined
  if (c !== undefined && !isCount(c)) return undefined
  return {
    session: s,
    sequence: n,
    ordersTag: o,
    instances,
    problems,
    clockSeconds: c,
    missingImages,
    devices,
  }
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

/** A reason that is too long is cut: it must not cost the report. */
function deviceFields({
  id,
  capability,
  shared,
  isPresent,
  absence,
  paths,
}: AgentDevice): readonly unknown[] {
  return [id, capability, shared, isPresent ? 1 : 0, absence.slice(0, mostAbsenceCharacters), paths]
}

function asDevices(value: unknown): readonly AgentDevice[] | null {
  if (!Array.isArray(value) || value.length > mostItems) return null
  const devices: AgentDevice[] = []
  for (const item of value as unknown[]) {
    const device = asDevice(item)
    if (device === null) return null
    devices.push(device)
  }
  return devices
}

function asDevice(item: unknown): AgentDevice | null {
  if (!Array.isArray(item)) return null
  const [id, capability, shared, presence, absence, paths] = item as unknown[]
  const names = asTexts([id, capability, absence])
  const knownPaths = asTexts(paths)
  if (names === null || knownPaths === null || !isCount(shared) || shared < 1) return null
  if (presence !== 0 && presence !== 1) return null
  const [deviceId = '', kind = '', reason = ''] = names
  if (deviceId === '' || reason.length > mostAbsenceCharacters) return null
  return {
    id: deviceId,
    capability: kind,
    shared,
    isPresent: presence === 1,
    absence: reason,
    paths: knownPaths,
  }
}
