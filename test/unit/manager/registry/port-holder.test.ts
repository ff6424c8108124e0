import { createServer } from 'node:net'
import process from 'node:process'
import { expect, it } from 'vitest'
import { findPortHolder, listeningInodes } from '../../../../src/manager/registry/port-holder.ts'

/** As Linux 6.18 writes it: port 5000 is listened on, port 5001 has a connection from port 5000. */
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 90210 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1389 0100007F:1388 01 00000000:00000000 00:00000000 00000000     0        0 90211 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1388 0100007F:1389 01 00000000:00000000 00:00000000 00000000     0        0 90212 1 0000000000000000 100 0 0 10 0
`

it('takes only a socket that listens for the holder of a port', () => {
  expect(listeningInodes(table, 5000)).toEqual(['90210'])
  expect(listeningInodes(table, 5001)).toEqual([])
})

it.each(['127.0.0.1', '::', '0.0.0.0'])('finds the process that listens on %s', async (host) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const holder = await findPortHolder(port)
  await new Promise((resolve) => server.close(resolve))
  expect(holder?.process?.pid).toBe(process.pid)
  expect(holder?.process?.argv.length).toBeGreaterThan(0)
  expect(await findPortHolder(port)).toBeUndefined()
})
