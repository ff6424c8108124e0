// A file that says which process holds something: a lock that no kill leaves behind, and the way to the process.
import { link, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import process from 'node:process'
import { unfinishedName } from './write-whole.ts'

export interface Holder {
  readonly pid: number
}

/** Two that find a dead one's file at the same moment: one of them has to look again. */
const attempts = 5

/**
 * Writes this process into the file.
 * @returns undefined when it has, or the living process that stands there
 */
export async function takeProcessFile(file: string): Promise<Holder | undefined> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const own = unfinishedName(dirname(file))
  await writeFile(own, await identityOf(process.pid), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      try {
        // In one step, with its content: nobody ever reads half of it.
        await link(own, file)
        return undefined
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
      const holder = await readHolder(file)
      if (holder !== undefined) return holder
      await rm(file, { force: true })
    }
    return { pid: 0 }
  } finally {
    await rm(own, { force: true })
  }
}

/** Only by the process that stands there. */
export async function freeProcessFile(file: string): Promise<void> {
  if ((await readHolder(file))?.pid === process.pid) await rm(file, { force: true })
}

/** @returns the living process that stands in the file */
export async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(text.split(' ', 1)[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return (await identityOf(pid)) === text ? { pid } : undefined
}

/** A number alone may be another process by now, after a boot or in another namespace above all. */
async function identityOf(pid: number): Promise<string> {
  const [startTime, boot, namespace] = await Promise.all([
    startTimeOf(pid),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readlink('/proc/self/ns/pid'),
  ])
  return `${pid} ${startTime} ${boot.trim()} ${namespace}\n`
}

/** Field 22 of /proc/PID/stat, proc(5): clock ticks since boot; what follows the last bracket begins with field 3, the state. */
async function startTimeOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const hasEnded = fields[0] === '' || fields[0] === 'Z' || fields[0] === 'X'
  return hasEnded ? 'ended' : (fields[22 - 3] ?? 'ended')
}
