// Counts datagrams that do not come back, in a host: `echo` answers, `count ADDRESS N` asks and prints how many of N stayed unanswered.
import { createSocket } from 'node:dgram'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const port = 4711
const [role, address = '', count = '0'] = process.argv.slice(2)
const socket = createSocket('udp4')

if (role === 'echo') {
  socket.on('message', (message, from) => socket.send(message, from.port, from.address))
  socket.bind(port, () => process.stdout.write('ready\n'))
} else {
  const answered = new Set<string>()
  socket.on('message', (message) => answered.add(message.toString('latin1')))
  for (let index = 0; index < Number(count); index++) {
    socket.send(String(index), port, address)
    await sleep(1)
  }
  await sleep(500)
  process.stdout.write(`${Number(count) - answered.size}\n`)
  socket.close()
}
