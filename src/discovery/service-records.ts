// The manager as DNS-SD describes it (RFC 6763): rendered for those who ask, read from what the network answers.
import { isIPv4 } from 'node:net'
import type { QueryPacket, ResponseOutgoingPacket, ResponsePacket } from 'multicast-dns'
import { type FoundManager, readAbout, serviceType } from './found-manager.ts'

export interface AnnouncedManager {
  /** Tells this manager from others; its host name. */
  readonly name: string
  readonly address: string
  readonly coapPort: number
  readonly httpPort: number
  readonly joinPort: number
  readonly fingerprintPrefix: string
}

type Answer = NonNullable<Exclude<ResponseOutgoingPacket, readonly unknown[]>['answers']>[number]

/** Seconds; RFC 6762 §10 for records that name a host. */
const ttlS = 120

/** RFC 6763 §9: what lists every type of service. */
const typeList = '_services._dns-sd._udp.local'

/** A DNS label holds 63 bytes and no dot of its own. */
const longestLabel = 63

/** Packets hold more than anybody needs: what is beyond is not looked at. */
const mostRecords = 100

/** @param ttl seconds; 0 says goodbye (RFC 6762 §10.1) */
export function renderRecords(manager: AnnouncedManager, ttl: number = ttlS): readonly Answer[] {
  const { name, address, coapPort, httpPort, joinPort, fingerprintPrefix } = manager
  const instance = `${[...name.replaceAll('.', '-')].slice(0, longestLabel).join('')}.${serviceType}`
  // A name of its own: `HOST.local` is avahi's, which would rename the machine if two spoke for it.
  const target = `shoal-${fingerprintPrefix}.local`
  return [
    { name: serviceType, type: 'PTR', ttl, data: instance },
    { name: instance, type: 'SRV', ttl, flush: true, data: { port: coapPort, target } },
    {
      name: instance,
      type: 'TXT',
      ttl,
      flush: true,
      data: [`fp=${fingerprintPrefix}`, `http=${httpPort}`, `join=${joinPort}`],
    },
    { name: target, type: 'A', ttl, flush: true, data: address },
    { name: typeList, type: 'PTR', ttl, data: serviceType },
  ]
}

/**
 * What answers the questions, and beside it what will be asked next (RFC 6763 §12).
 * @returns undefined where nothing of this manager is asked for
 */
export function answer(
  { questions = [] }: Pick<QueryPacket, 'questions'>,
  records: readonly Answer[],
): { readonly answers: Answer[]; readonly additionals: Answer[] } | undefined {
  const isAsked = (record: Answer): boolean =>
    questions.some(({ name, type }) => {
      const asked = String(type)
      return isSameName(name, record.name) && (asked === record.type || asked === 'ANY')
    })
  const answers = records.filter(isAsked)
  if (answers.length === 0) return undefined
  const additionals = records.filter((record) => !isAsked(record) && record.name !== typeList)
  return { answers, additionals: answers.some(({ name }) => name === typeList) ? [] : additionals }
}

/** Whatever comes from the network is taken for what it is: names, ports and an address, or nothing. */
export function readManagers({
  answers = [],
  additionals = [],
}: Pick<ResponsePacket, 'answers' | 'additionals'>): readonly FoundManager[] {
  const records = [...answers, ...additionals].slice(0, mostRecords)
  return records.flatMap((record) => {
    if (record.type !== 'SRV' || !record.name.toLowerCase().endsWith(`.${serviceType}`)) return []
    if ((record.ttl ?? 0) === 0) return []
    const address = records.find(({ name, type }) => type === 'A' && isSameName(name, record.data.target))
    const text = records.find(({ name, type }) => type === 'TXT' && isSameName(name, record.name))
    if (address?.type !== 'A' || text?.type !== 'TXT' || !isIPv4(address.data)) return []
    const manager = readAbout(readText(text.data), address.data, record.data.port)
    return manager === undefined ? [] : [manager]
  })
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** RFC 6763 §6: `key=value` lines. */
function readText(data: unknown): ReadonlyMap<string, string> {
  const lines = (Array.isArray(data) ? data : [data]).map((line: unknown) => String(line))
  return new Map(
    lines.map((line) => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}
