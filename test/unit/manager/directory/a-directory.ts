// A directory behind a real CoAP server on loopback, with a clock that stands still, and a client to ask it.
import { CoapClient, type CoapRequestInit, type CoapResponse } from '../../../../src/coap/client.ts'
import { findTexts } from '../../../../src/coap/codec/option-value.ts'
import { Code } from '../../../../src/coap/codes.ts'
import { ContentFormat } from '../../../../src/coap/content-format.ts'
import { OptionNumber } from '../../../../src/coap/options.ts'
import { Router } from '../../../../src/coap/router.ts'
import { CoapServer } from '../../../../src/coap/server.ts'
import { addDirectoryResources } from '../../../../src/manager/directory/add-directory-resources.ts'
import { Directory, type DirectoryLimits } from '../../../../src/manager/directory/directory.ts'
import type { DirectoryEntry } from '../../../../src/manager/directory/directory-entry.ts'
import { FakeClock } from '../../coap/fake-clock.ts'

export async function aDirectory(limits: Partial<DirectoryLimits> = {}) {
  let entries: readonly DirectoryEntry[] = []
  const listeners = new Set<() => void>()
  const clock = new FakeClock()
  const directory = new Directory({
    clock,
    limits,
    published: {
      entries: () => entries,
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  })
  const router = new Router()
  addDirectoryResources(router, directory)
  const server = new CoapServer({ router })
  const { port } = await server.start({ address: '127.0.0.1', port: 0 })
  const client = new CoapClient()
  const uri = `coap://127.0.0.1:${port}`
  const request = (path: string, init: CoapRequestInit = {}) => client.request(uri + path, init)
  return {
    clock,
    client,
    uri,
    request,
    listeners,
    publish: (next: readonly DirectoryEntry[]) => {
      entries = next
      for (const listener of listeners) listener()
    },
    post: (path: string, links = '') =>
      request(path, {
        method: Code.Post,
        payload: links,
        ...(links === '' ? {} : { contentFormat: ContentFormat.LinkFormat }),
      }),
    read: async (path: string) => (await request(path)).text(),
    [Symbol.asyncDispose]: async () => {
      await client.stop()
      await server.stop()
    },
  }
}

/** `/rd/4521` */
export function locationOf({ options }: CoapResponse): string {
  return `/${findTexts(options, OptionNumber.LocationPath).join('/')}`
}

export function anEntry(facts: Partial<DirectoryEntry> = {}): DirectoryEntry {
  return {
    endpoint: 'sensors.compute.k3f09a2c',
    sector: undefined,
    base: 'coap://10.77.0.12:5683',
    attributes: {},
    links: [{ target: '/', attributes: { rt: 'shoal.compute' } }],
    ...facts,
  }
}
