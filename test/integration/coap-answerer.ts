// A program for a container: answers every confirmable CoAP request on the port in its argument with 2.05. A datagram that is no confirmable
// message makes it compute for as many seconds as its second byte says, and answer nobody meanwhile. Port 0: it never listens.

/** To be run by `node -e`: the image has nothing but a shell. */
export const answererSource = `
const socket = require('node:dgram').createSocket('udp4')
socket.on('message', (message, { port, address }) => {
  if (message[0] >> 4 === 4) {
    const tokenLength = message[0] & 15
    const head = Buffer.from([0x60 | tokenLength, 0x45, message[2], message[3]])
    socket.send(Buffer.concat([head, message.subarray(4, 4 + tokenLength)]), port, address)
    return
  }
  const endMs = Date.now() + message[1] * 1000
  while (Date.now() < endMs);
})
const port = Number(process.argv[1])
if (port > 0) socket.bind(port)
else setInterval(() => {}, 1000)
process.once('SIGTERM', () => process.exit(0))
`
