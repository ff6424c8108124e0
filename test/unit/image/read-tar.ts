// Reads a tar stream into a list.
import { pipeline } from 'node:stream/promises'
import { extract, type Header } from 'tar-stream'

export interface TarFile {
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: Date
  readonly content: Buffer
}

export async function readTar(source: AsyncIterable<unknown>): Promise<TarFile[]> {
  const files: TarFile[] = []
  const reader = extract()
  reader.on('entry', (header: Header, stream, next) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk) => chunks.push(chunk as Buffer))
    stream.on('end', () => {
      const { name, mode = 0, uid = 0, gid = 0, mtime = new Date(Number.NaN) } = header
      files.push({ name, mode, uid, gid, mtime, content: Buffer.concat(chunks) })
      next()
    })
  })
  await pipeline(source, reader)
  return files
}
