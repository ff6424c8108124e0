// Whether a disk has room for one more image that nobody needs just now.
import { statfs } from 'node:fs/promises'

const mebibyte = 1 << 20
/** Services and logs need the rest. */
const leastFreeBytes = 256 * mebibyte
const leastFreeShare = 0.05

/** @returns why it has not; undefined where it has, or where nobody can say */
export async function whyFull(folder: string): Promise<string | undefined> {
  const disk = await statfs(folder).catch(() => undefined)
  if (disk === undefined) return undefined
  const [freeBytes, totalBytes] = [disk.bavail * disk.bsize, disk.blocks * disk.bsize]
  const neededBytes = Math.max(leastFreeBytes, totalBytes * leastFreeShare)
  if (freeBytes >= neededBytes) return undefined
  const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`
  return `the disk of ${folder} is nearly full: ${inMebibytes(freeBytes)} free of ${inMebibytes(totalBytes)}, ${inMebibytes(neededBytes)} are kept for services`
}
