// The near end of a measurement, run in its network namespace: times round trips of one byte, then counts what arrives in a while.
//   node ask.ts ADDRESS PORT ROUNDS FLOOD_MS
// Prints {"roundTripsMs":[…],"bandwidthMbit":…}.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const [address = '', port = '', rounds = '', floodMs = ''] = process.argv.slice(2)
/** TCP finds the wire's rate in this time; it is not counted. */
const warmUpMs = 150

async function open(): Promise<Socket> {
  const socket = connect({ host: address, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

async function timeRoundTrips(): Promise<readonly number[]> {
  const socket = await open()
  socket.write('E')
  const roundTripsMs: number[] = []
  // The first one also waits for the far end to make up its mind.
  for (let round = 0; round <= Number(rounds); round++) {
    const start = process.hrtime.bigint()
    socket.write('.')
    await once(socket, 'data')
    if (round > 0) roundTripsMs.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  socket.destroy()
  return roundTripsMs
}

async function countFlood(): Promise<number> {
  const socket = await open()
  let bytes = 0
  socket.on('data', (chunk) => {
    bytes += chunk.length
  })
  socket.write('F')
  await sleep(warmUpMs)
  const [bytesBefore, start] = [bytes, process.hrtime.bigint()]
  await sleep(Number(floodMs))
  const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6
  socket.destroy()
  return ((bytes - bytesBefore) * 8) / 1000 / elapsedMs
}

const roundTripsMs = await timeRoundTrips()
process.stdout.write(`${JSON.stringify({ roundTripsMs, bandwidthMbit: await countFlood() })}\n`)
