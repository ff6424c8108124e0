// Peers fall into buckets by their address, so that what one of them uses can be told from what all use.

export const bucketCount = 64

/**
 * The bucket of an address: its own for IPv4; shared by a /64 for IPv6, since one host may use all of it. The seed keeps others from
 * choosing their bucket.
 */
export function addressBucket(address: string, seed: number): number {
  let hash = seed
  let groups = 0
  for (let i = 0; i < address.length; i++) {
    const char = address.charCodeAt(i)
    if (char === 0x3a && (++groups === 4 || address.charCodeAt(i + 1) === 0x3a)) break
    hash = Math.imul(hash ^ char, 0x01000193)
  }
  return (hash ^ (hash >>> 15)) & (bucketCount - 1)
}

/** For `addressBucket` and other hashes that others should not foresee. */
export function hashSeed(random: () => number): number {
  return Math.floor(random() * 0x7fffffff)
}
