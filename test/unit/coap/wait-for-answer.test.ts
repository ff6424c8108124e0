import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Code } from '../../../src/coap/codes.ts'
import { Router } from '../../../src/coap/router.ts'
import { CoapServer } from '../../../src/coap/server.ts'
import { waitForAnswer } from '../../../src/coap/wait-for-answer.ts'

const open: { stop(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop()
})

async function aServer(port = 0): Promise<number> {
  const router = new Router().add('/here', { get: () => ({ code: Code.Content, payload: 'yes' }) })
  const server = new CoapServer({ router })
  open.push(server)
  return (await server.start({ port, address: '127.0.0.1' })).port
}

/** A socket that answers each datagram as told. */
async function aPeer(answer: (datagram: Buffer) => Buffer | undefined): Promise<number> {
  const socket: Socket = createSocket('udp4')
  open.push({ stop: () => void socket.close() })
  socket.on('message', (datagram, { port, address }) => {
    const bytes = answer(datagram)
    if (bytes !== undefined) socket.send(bytes, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return (socket.address() as AddressInfo).port
}

const soon = () => AbortSignal.timeout(10_000)

describe('waiting for a CoAP answer', () => {
  it.each(['/here', '/.well-known/core', '/nowhere'])('takes any response for one: %s', async (path) => {
    expect(await waitForAnswer(`coap://127.0.0.1:${await aServer()}${path}`, soon())).toBe(true)
  })

  it('takes a Reset for one: whoever sends it speaks CoAP', async () => {
    const port = await aPeer((datagram) => Buffer.from([0x70, 0, datagram[2] ?? 0, datagram[3] ?? 0]))
    expect(await waitForAnswer(`coap://127.0.0.1:${port}/`, soon())).toBe(true)
  })

  it('waits for a server that is not there yet', async () => {
    const port = await aServer()
    await open.pop()?.stop()
    const answered = waitForAnswer(`coap://127.0.0.1:${port}/here`, soon())
    await new Promise((resolve) => setTimeout(resolve, 50))
    await aServer(port)
    expect(await answered).toBe(true)
  })

  it('does not take other datagrams for an answer', async () => {
    const port = await aPeer(() => Buffer.from('HTTP/1.1 400 Bad Request'))
    expect(await waitForAnswer(`coap://127.0.0.1:${port}/`, AbortSignal.timeout(200))).toBe(false)
  })

  it('ends when it is stopped', async () => {
    const port = await aPeer(() => undefined)
    expect(await waitForAnswer(`coap://127.0.0.1:${port}/`, AbortSignal.timeout(100))).toBe(false)
  })
})
