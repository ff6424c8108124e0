// A registry over TLS that has nothing: enough for commands that look whether it has an image.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegistryAccess } from '../../../src/manager/api/http/parts.ts'
import { KeyFolder } from '../../../src/manager/keys/key-folder.ts'

export async function registryOfNothing(): Promise<{
  readonly access: RegistryAccess
  stop(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-keys-'))
  const keys = await KeyFolder.open(folder, { names: ['127.0.0.1'], nowMs: Date.now() })
  const server = createServer(
    {
      key: await readFile(join(folder, 'server.key.pem')),
      cert: await readFile(join(folder, 'server.cert.pem')),
    },
    (_, answer) => answer.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    access: { authority: `127.0.0.1:${port}`, authorityPem: keys.authorityPem, ...keys.registry },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
