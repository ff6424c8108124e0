// IP addresses and ranges of them, as far as a constraint on `node.ip` needs them.

interface Address {
  /** As an IPv6 address: of IPv4 the mapped one, RFC 4291 §2.5.5.2. */
  readonly value: bigint
  readonly isVersion4: boolean
}

const mappedPrefix = 0xffffn << 32n

/** @returns whether the address is the one named, or lies in the range named (`10.77.0.0/24`); undefined where neither is named. */
export function liesIn(address: string, range: string): boolean | undefined {
  const [base = '', length, ...more] = range.split('/')
  const wanted = parseAddress(base)
  if (wanted === undefined || more.length > 0) return undefined
  const bits = wanted.isVersion4 ? 32 : 128
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined
  const found = parseAddress(address)
  if (found === undefined || found.isVersion4 !== wanted.isVersion4) return false
  const ignored = BigInt(bits - Number(length ?? bits))
  return found.value >> ignored === wanted.value >> ignored
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text)
}

function parseVersion4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined
  const value = parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  return { value: mappedPrefix | value, isVersion4: true }
}

function parseVersion6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...left, ...Array.from({ length: missing }, () => 0), ...right]
  const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)
  return { value, isVersion4: value >> 32n === 0xffffn }
}

/** The groups of 16 bits of one side of `::`; the last two may be written as an IPv4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes('.') ? parseVersion4(part) : undefined
    if (embedded !== undefined) {
      groups.push(Number((embedded.value >> 16n) & 0xffffn), Number(embedded.value & 0xffffn))
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}
