// The far end of a measurement, run in its network namespace: answers each byte with itself, or sends as much as the wire takes.
//   node answer.ts ADDRESS
// Prints the port it listens on. Ends with its stdin.
import { createServer, type Socket } from 'node:net'
import process from 'node:process'

const block = Buffer.alloc(64 * 1024)

function echo(socket: Socket): void {
  socket.setNoDelay(true)
  socket.pipe(socket)
}

function flood(socket: Socket): void {
  const fill = () => {
    while (socket.write(block));
  }
  socket.on('drain', fill)
  fill()
}

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  // The first byte says what is wanted: E for echo, F for flood. What came with it is already to be echoed.
  socket.once('data', (first: Buffer) => {
    if (first.toString('latin1', 0, 1) === 'F') return flood(socket)
    socket.unshift(first.subarray(1))
    echo(socket)
  })
})
server.listen(0, process.argv[2], () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`)
})
process.stdin.resume().on('end', () => process.exit(0))
