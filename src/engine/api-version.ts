// Which version of the Engine API is spoken. Every call used here has the same form in all versions between the two.

/** Docker 20.10, the oldest that Shoal supports, speaks it; most newer Engines still do, so it is asked for first. */
export const oldestApiVersion = '1.41'

/** The newest version whose changes were read (Docker 28.5). */
export const newestApiVersion = '1.51'

/**
 * The version to speak with an Engine that refused another for being too old.
 * @param offered the `Api-Version` header of its answer: the newest that it speaks.
 */
export function agreeOnApiVersion(offered: string | undefined): string {
  if (offered === undefined || !/^\d+\.\d+$/.test(offered)) return newestApiVersion
  return compareVersions(offered, newestApiVersion) < 0 ? offered : newestApiVersion
}

/** What Docker 29 and later answer to versions below 1.44. */
export function saysTooOld(status: number, message: string): boolean {
  return status === 400 && /client version .* is too old/.test(message)
}

function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}
