// The agent of a node alone: argv is the manager's address and the node's id. A line of JSON a second says what it costs.
import process from 'node:process'
import { Engine } from '../../src/engine/engine.ts'
import { Agent } from '../../src/worker/agent.ts'

const [host = '', nodeId = ''] = process.argv.slice(2)
const engine = new Engine({ socketPath: '/var/run/docker.sock', place: 'this machine' })
const agent = new Agent({
  engine,
  manager: { host, port: 5683 },
  nodeId,
  registryAuth: undefined,
  log: (line) => console.log(JSON.stringify({ log: line })),
})
agent.start(new AbortController().signal)
console.log(JSON.stringify({ log: 'runs' }))
setInterval(() => {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() }))
}, 1000)
