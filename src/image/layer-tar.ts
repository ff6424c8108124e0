// A layer's files as a tar stream. The same entries give the same bytes on every machine and at every hour.
import { pack } from 'tar-stream'

export interface LayerEntry {
  /** Without a leading slash: `usr/bin/node`. */
  readonly path: string
  /** Permission bits: 0o755. Everything belongs to root. */
  readonly mode: number
  /** Bytes of a file; undefined for a folder. */
  readonly content?: Uint8Array | undefined
}

/** 1970: a date that differed from build to build would make each layer a new one. */
const noTime = new Date(0)

/** Sorted by path, so that every folder comes before what is in it; the folders that are not named are added, mode 0755. */
export async function* packLayer(entries: readonly LayerEntry[]): AsyncGenerator<Buffer> {
  const tar = pack()
  for (const { path, mode, content } of withFolders(entries)) {
    const header = { name: path, mode, mtime: noTime, uid: 0, gid: 0, uname: '', gname: '' }
    if (content === undefined) tar.entry({ ...header, name: `${path}/`, type: 'directory' })
    else tar.entry({ ...header, type: 'file', size: content.byteLength }, asBuffer(content))
  }
  tar.finalize()
  for await (const chunk of tar) yield chunk as Buffer
}

function withFolders(entries: readonly LayerEntry[]): LayerEntry[] {
  const all = new Map(entries.map((entry) => [entry.path, entry]))
  for (const { path } of entries) {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      if (!all.has(folder)) all.set(folder, { path: folder, mode: 0o755 })
    }
  }
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
