// The sensing service on loopback, with the devices that a test grants it, and a client that asks it.
import { Sensing } from '../../../../services/sensing/resources.ts'
import { CoapClient, type CoapRequestInit } from '../../../../src/coap/client.ts'
import { Code, formatCode } from '../../../../src/coap/codes.ts'
import { CoapServer } from '../../../../src/coap/server.ts'
import type { GrantedDevice } from '../../../../src/model/devices/granted-device.ts'

export async function startSensing(devices: readonly GrantedDevice[]) {
  const log: string[] = []
  const sensing = new Sensing({ devices, log: (line) => log.push(line) })
  const failures: unknown[] = []
  const server = new CoapServer({ router: sensing.router, onHandlerError: (error) => failures.push(error) })
  const client = new CoapClient()
  const { port } = await server.start({ port: 0, address: '127.0.0.1' })
  const base = `coap://127.0.0.1:${port}`
  const ask = async (path: string, init: CoapRequestInit = {}) => {
    const response = await client.request(base + path, init)
    return { ...response, code: formatCode(response.code), text: response.text() }
  }
  return {
    base,
    client,
    log,
    /** What handlers threw: answered 5.00, and a fault of the service. */
    failures,
    get: (path: string, init: CoapRequestInit = {}) => ask(path, init),
    put: (path: string, payload: string | Uint8Array, init: CoapRequestInit = {}) =>
      ask(path, { method: Code.Put, payload, ...init }),
    /** Gives the representations as they come, until `stop` or the end. */
    observe: (path: string) => {
      const seen: { readonly code: string; readonly text: string; readonly atMs: number }[] = []
      const abort = new AbortController()
      const ended = client.observe(base + path, {
        signal: abort.signal,
        onRepresentation: (response) =>
          seen.push({ code: formatCode(response.code), text: response.text(), atMs: performance.now() }),
      })
      ended.catch(() => {})
      return { seen, ended, stop: () => abort.abort() }
    },
    stop: async () => {
      await client.stop()
      await server.stop()
      await sensing.stop()
    },
  }
}

export type SensingService = Awaited<ReturnType<typeof startSensing>>
