import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type LayerEntry, packLayer } from '../../../src/image/layer-tar.ts'
import { readTar } from './read-tar.ts'

const entries: readonly LayerEntry[] = [
  { path: 'usr/bin/node', mode: 0o755, content: Buffer.from('a program') },
  { path: 'tmp', mode: 0o1777 },
  { path: 'etc/passwd', mode: 0o644, content: Buffer.from('root') },
  { path: 'etc/empty', mode: 0o644, content: Buffer.alloc(0) },
]

async function digest(layer: readonly LayerEntry[]): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of packLayer(layer)) hash.update(chunk)
  return hash.digest('hex')
}

describe('the tar of a layer', () => {
  it('holds folders before what is in them, and the folders that nobody named', async () => {
    const files = await readTar(packLayer(entries))
    expect(files.map(({ name }) => name)).toEqual([
      'etc/',
      'etc/empty',
      'etc/passwd',
      'tmp/',
      'usr/',
      'usr/bin/',
      'usr/bin/node',
    ])
    expect(files.map(({ mode }) => mode)).toEqual([0o755, 0o644, 0o644, 0o1777, 0o755, 0o755, 0o755])
    expect(files.at(-1)?.content.toString()).toBe('a program')
    expect(files[1]?.content.length).toBe(0)
  })

  it('belongs to root and to no moment', async () => {
    for (const { uid, gid, mtime } of await readTar(packLayer(entries))) {
      expect([uid, gid, mtime.getTime()]).toEqual([0, 0, 0])
    }
  })

  it('has the same bytes in whatever order the entries come', async () => {
    expect(await digest(entries.toReversed())).toBe(await digest(entries))
    // The bytes themselves: another value here means that every image gets another id.
    expect(await digest(entries)).toBe('bc4cb888d5ac5ddf5ecedaf840a232923750f715f115524bf4317a17f0b98cd2')
  })
})
