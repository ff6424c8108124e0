// A child of the bench: one store server of the kind named in argv, on a free port, which it tells its parent.
import { createSocket } from 'node:dgram'
import process from 'node:process'
import coap, { type IncomingMessage, type OutgoingMessage } from 'coap'
import { Code } from '../../src/coap/codes.ts'
import { type CoapReply, type CoapRequest, Router } from '../../src/coap/router.ts'
import { CoapServer } from '../../src/coap/server.ts'
import { SketchServer } from './sketch.ts'
import { Store } from './store.ts'
import { allPaths } from './workload.ts'

const address = '127.0.0.1'

const starters: Readonly<Record<string, (store: Store) => Promise<number>>> = {
  shoal: async (store) => {
    const codes = { changed: Code.Changed, content: Code.Content, 'not-found': Code.NotFound } as const
    const pathOf = (request: CoapRequest) => `/${request.path.join('/')}`
    const resource = {
      get: (request: CoapRequest): CoapReply => {
        const { code, body } = store.get(pathOf(request))
        return { code: codes[code], payload: body }
      },
      put: (request: CoapRequest): CoapReply => ({
        code: codes[store.put(pathOf(request), request.payload).code],
      }),
    }
    const router = new Router()
    for (const path of allPaths()) router.add(path, resource)
    return (await new CoapServer({ router }).start({ port: 0, address })).port
  },

  sketch: (store) => {
    const codes = { changed: Code.Changed, content: Code.Content, 'not-found': Code.NotFound } as const
    const server = new SketchServer((code, path, body) => {
      const reply = code === Code.Put ? store.put(path, body) : store.get(path)
      return { code: codes[reply.code], body: reply.body }
    })
    return server.start()
  },

  'node-coap': async (store) => {
    const codes = { changed: '2.04', content: '2.05', 'not-found': '4.04' } as const
    // Bound here, since it does not tell which free port it got.
    const socket = createSocket('udp4')
    await new Promise<void>((bound) => socket.bind(0, address, bound))
    const server = coap.createServer({ type: 'udp4' })
    server.on('request', (request: IncomingMessage, response: OutgoingMessage) => {
      const { method, url, payload } = request
      const reply = method === 'PUT' ? store.put(url, payload) : store.get(url)
      response.code = codes[reply.code]
      response.end(Buffer.from(reply.body))
    })
    await new Promise<void>((listening, failed) =>
      server.listen(socket, (error?: Error) => (error === undefined ? listening() : failed(error))),
    )
    return socket.address().port
  },
}

const start = starters[process.argv[2] ?? '']
if (start === undefined) throw new Error(`no server of the kind ${process.argv[2]}`)
const port = await start(new Store())
process.send?.({ port })
process.on('disconnect', () => process.exit())
