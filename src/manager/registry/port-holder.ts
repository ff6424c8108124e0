// Which process of this machine listens on a TCP port, proc(5).
import { readdir, readFile, readlink } from 'node:fs/promises'

export interface PortHolder {
  /** Undefined where it is out of sight: in a container, or another user's. */
  readonly process: { readonly pid: number; readonly argv: readonly string[] } | undefined
}

/** Of /proc/net/tcp: TCP_LISTEN of include/net/tcp_states.h. */
const listening = '0A'

/** @returns undefined where the port is free, whatever the address */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readFile(table, 'utf8').catch(() => '')),
  )
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return undefined
  const links = new Set([...inodes].map((inode) => `socket:[${inode}]`))
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await holdsOne(name, links)))
      return { process: { pid: Number(name), argv: await argvOf(name) } }
  }
  return { process: undefined }
}

/** @param table the text of /proc/net/tcp or tcp6 */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === listening && local.endsWith(`:${wanted}`))
    .map((fields) => fields[9] ?? '')
}

async function holdsOne(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  for (const descriptor of await readdir(folder).catch(() => [])) {
    if (links.has(await readlink(`${folder}/${descriptor}`).catch(() => ''))) return true
  }
  return false
}

async function argvOf(pid: string): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return text.split('\0').filter((word) => word !== '')
}
